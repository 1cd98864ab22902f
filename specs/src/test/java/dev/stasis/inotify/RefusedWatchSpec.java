package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be kept is refused by name, with what would help, and nothing is left behind. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class RefusedWatchSpec {

    @Test
    void aWatchOnWhatIsGoneIsRefusedUnlessItMayBeDropped(Stasis stasis, Sandbox sandbox) throws Exception {
        Path file = Files.createFile(sandbox.path("file"));
        Path other = Files.createFile(sandbox.path("other"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(file, EventMask.ALL_EVENTS);
        watcher.watch(other, EventMask.MODIFY);
        Path image = watcher.dump(Afterwards.KILL);
        Files.delete(file);
        assertThatThrownBy(() -> watcher.restore(image)).isInstanceOf(StasisException.class).hasMessageContaining("wd 1")
                .hasMessageContaining(nameBelowItsMount(file)).hasMessageContaining("--unresolved-watch=drop-with-overflow");
        watcher.restore(image, "unresolved-watch", "drop-with-overflow");
        assertThat(watcher.read()).singleElement().satisfies(event -> assertThat(event.isOverflow()).isTrue());
        Files.writeString(other, "x");
        assertThat(watcher.read()).singleElement().satisfies(event -> assertThat(event.watch().number()).isEqualTo(2));
    }

    @Test
    void aWatchOnProcfsIsFoundByASearch(Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(Path.of("/proc/sys/fs"), EventMask.ACCESS.with(EventMask.OPEN));
        watcher.watch(Path.of("/sys/kernel/mm"), EventMask.OPEN);
        watcher.throughDeath();
        assertThat(watcher.read()).isEmpty();
        Files.list(Path.of("/proc/sys/fs")).close();
        Files.list(Path.of("/sys/kernel/mm")).close();
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(watcher.readTwin())).isNotEmpty();
    }

    @Test
    void aWatchOnWhatNothingLeadsToMayBeDroppedFromTheImage(Stasis stasis, Sandbox sandbox) throws Exception {
        Path lone = sandbox.mountTmpfs("lone", "size=1m");
        Path file = Files.createFile(sandbox.path("file"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(lone, EventMask.CREATE);
        watcher.watch(file, EventMask.MODIFY);
        Path image;
        try (Fd held = FileCalls.open(UnixPath.of(lone.toString()), OpenFlags.PATH, 0)) {
            Command.run("umount", "-l", lone.toString());
            watcher.dump(Afterwards.LEAVE_RUNNING, "unresolved-watch", "drop-with-overflow");
            assertThat(watcher.read()).as("what the one that lives on reads, whose watch is not dropped").isEmpty();
            image = watcher.dump(Afterwards.KILL, "unresolved-watch", "drop-with-overflow");
        } finally {
            Command.run("mount", "-t", "tmpfs", "stasis-test", lone.toString());
        }
        watcher.restore(image);
        assertThat(watcher.read()).singleElement().satisfies(event -> assertThat(event.isOverflow()).isTrue());
        Files.writeString(file, "x");
        assertThat(watcher.read()).singleElement().satisfies(event -> assertThat(event.watch().number()).isEqualTo(2));
    }

    @Test
    void aProgramThatLivesOnKeepsTheWatchThatTheImageIsWithout(Stasis stasis, Sandbox sandbox) throws Exception {
        List<InotifyEvent> read = readAfterAWatchWasDropped(Watcher.Reading.LOOKING, stasis, sandbox);
        assertThat(read.get(0).mask()).isEqualTo(EventMask.CREATE);
        assertThat(read.subList(1, 3)).as("its file system goes").extracting(event -> event.watch().number()).containsOnly(1);
        assertThat(read).noneMatch(InotifyEvent::isOverflow);
    }

    @Test
    void aProgramThatLivesOnIsToldWhenAWatchIsDroppedToGiveItItsEventsBack(Stasis stasis, Sandbox sandbox) throws Exception {
        List<InotifyEvent> read = readAfterAWatchWasDropped(Watcher.Reading.EMPTYING, stasis, sandbox);
        assertThat(read).hasSize(2).last().satisfies(event -> assertThat(event.isOverflow()).isTrue());
    }

    private static List<InotifyEvent> readAfterAWatchWasDropped(Watcher.Reading reading, Stasis stasis, Sandbox sandbox)
            throws Exception {
        Path lone = sandbox.mountTmpfs("lone", "size=1m");
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Watcher watcher = new Watcher(stasis, sandbox).thatIsRead(reading);
        watcher.watch(lone, EventMask.CREATE);
        watcher.watch(directory, EventMask.CREATE);
        Files.createFile(directory.resolve("file"));
        try (Fd held = FileCalls.open(UnixPath.of(lone.toString()), OpenFlags.PATH, 0)) {
            Command.run("umount", "-l", lone.toString());
            watcher.dump(Afterwards.LEAVE_RUNNING, "unresolved-watch", "drop-with-overflow");
        } finally {
            Command.run("mount", "-t", "tmpfs", "stasis-test", lone.toString());
        }
        return watcher.read();
    }

    @Test
    void anOverflowIsTheLastEventWhereMissedEventsAreAlwaysTold(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, EventMask.CREATE);
        Files.createFile(directory.resolve("file"));
        watcher.throughDeath("missed-events", "always");
        assertThat(watcher.read()).hasSize(2).last().satisfies(event -> assertThat(event.isOverflow()).isTrue());
        watcher.throughDeath();
        assertThat(watcher.read()).as("when nothing changed, and nobody asks for more").isEmpty();
    }

    @Test
    void aDirectoryWatchedByDnotifyIsRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                told = []
                signal.signal(signal.SIGIO, lambda *_: told.append(1))
                fd = os.open('%s', os.O_RDONLY); fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_CREATE | fcntl.DN_MULTISHOT)
                """.formatted(directory));
        assertThatThrownBy(() -> python.dump(Afterwards.KILL)).isInstanceOf(StasisException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("fd " + python.ask("answer = fd"))
                .hasMessageContaining("the directory is watched by dnotify (fcntl F_NOTIFY), and the kernel does not tell for what")
                .hasMessageContaining("fcntl(fd, F_NOTIFY, 0)");
        Files.createFile(directory.resolve("after"));
        Await.until("the one that lives on gets its signal", () -> python.answers("answer = len(told)", "1"));
        python.ask("fcntl.fcntl(fd, fcntl.F_NOTIFY, 0); fcntl.fcntl(fd, 8, 0)");
        python.throughDeath();
        assertThat(python.ask("answer = os.listdir(fd)")).isEqualTo("['after']");
    }

    @Test
    void anUnknownPolicyIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(sandbox.directory(), EventMask.CREATE);
        assertThatThrownBy(() -> watcher.dump(Afterwards.KILL, "unresolved-watch", "maybe"))
                .hasMessageContaining("refuse or drop-with-overflow");
    }

    @Test
    void exhaustedLimitsNameTheSysctlToRaise(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, EventMask.ALL_EVENTS);
        Path image = watcher.dump(Afterwards.KILL);
        try (Sysctl instances = Sysctl.set("fs.inotify.max_user_instances", "0")) {
            assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("fs.inotify.max_user_instances").hasMessageContaining("of task");
        }
        try (Sysctl watches = Sysctl.set("fs.inotify.max_user_watches", "0")) {
            assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("fs.inotify.max_user_watches").hasMessageContaining("of task");
        }
        watcher.restore(image);
        assertThat(watcher.read()).isEmpty();
    }

    /** A file handle leads to a file through any mount of its file system, so only the end of its path is certain. */
    private static String nameBelowItsMount(Path file) {
        return "/" + file.getParent().getFileName() + "/" + file.getFileName();
    }
}
