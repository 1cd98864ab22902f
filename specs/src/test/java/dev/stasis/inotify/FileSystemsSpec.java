package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues are exact on every file system: read after death, and by a program that lives on, equal to those of a twin. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class FileSystemsSpec {
    private static final EventMask ALL = EventMask.ALL_EVENTS;

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs", "overlay"})
    void theEventsOfBothLivesAreThoseOfTheTwin(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectories(Disks.mount(type, sandbox).resolve("case"));
        try (RandomChanges changes = new RandomChanges(directory, new Random(7))) {
            Watcher watcher = new Watcher(stasis, sandbox);
            for (Path path : changes.toWatch()) {
                watcher.watch(path, ALL);
            }
            changes.make(60);
            int pending = watcher.pending();
            watcher.dump(Afterwards.LEAVE_RUNNING);
            assertThat(watcher.pending()).isEqualTo(pending);
            List<InotifyEvent> before = watcher.twinBefore();
            assertThat(before).isNotEmpty();
            assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(before));
            changes.make(60);
            List<InotifyEvent> expected = watcher.throughDeath("missed-events", "never");
            assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
            changes.make(60);
            assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(watcher.readTwin()));
        }
    }

    /** On overlayfs a mapping does not hold the open file that it was made from: the restore's own would be heard to end. */
    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4", "overlay"})
    void filesThatAreMappedInAWatchedDirectoryMakeNoEvents(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectories(Disks.mount(type, sandbox).resolve("case"));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                import mmap
                os.chdir('%s')
                for name in 'ab': open(name, 'w').write('x' * 9000)
                fa = os.open('a', os.O_RDWR); shared = mmap.mmap(fa, 8192); os.close(fa)
                fb = os.open('b', os.O_RDONLY); own = mmap.mmap(fb, 8192, flags=mmap.MAP_PRIVATE, prot=1); os.close(fb)
                watches = call(294, 0); call(254, watches, b'.', 0xfff)
                """.formatted(directory));
        assertThat(python.ask("answer = str(pending(watches))")).isEqualTo("0");
        python.throughDeath();
        assertThat(python.ask("answer = str(pending(watches))")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs", "overlay"})
    void watchedFilesThatAreOpenAndDeletedAreWatchedOn(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectories(Disks.mount(type, sandbox).resolve("case"));
        Watcher watcher = new Watcher(stasis, sandbox);
        Path file = Files.writeString(directory.resolve("a"), "a");
        watcher.watch(directory, ALL);
        watcher.watch(file, ALL);
        RemoteFd open = watcher.puppet().open(file, OpenFlags.RDWR, 0);
        Files.delete(file);
        List<InotifyEvent> expected = watcher.throughDeath("missed-events", "never");
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
        watcher.puppet().write(open, "more".getBytes());
        assertThat(watcher.read()).anySatisfy(event -> {
            assertThat(event.watch().number()).isEqualTo(2);
            assertThat(event.mask()).isEqualTo(EventMask.MODIFY);
        });
    }
}
