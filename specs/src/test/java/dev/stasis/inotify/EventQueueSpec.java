package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What waits in a queue is what a program reads in its second life, and nothing else. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class EventQueueSpec {
    private static final EventMask ALL = EventMask.ALL_EVENTS;

    private static Path watched(Sandbox sandbox) throws Exception {
        return Files.createDirectory(sandbox.path("watched"));
    }

    private static void happen(Path directory) throws Exception {
        Files.writeString(directory.resolve("one"), "one");
        Files.createDirectory(directory.resolve("inner"));
        Files.readString(directory.resolve("one"));
        Files.move(directory.resolve("one"), directory.resolve("two"));
        Files.setLastModifiedTime(directory.resolve("two"), FileTime.fromMillis(1));
        Files.list(directory).close();
        Files.move(directory.resolve("inner"), directory.resolve("moved"));
        Files.delete(directory.resolve("moved"));
        Files.delete(directory.resolve("two"));
    }

    private static void assertSame(List<InotifyEvent> read, List<InotifyEvent> expected) {
        assertThat(Watcher.comparable(read)).isEqualTo(Watcher.comparable(expected));
    }

    @Test
    void aQueueComesBackEventForEvent(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, ALL);
        happen(directory);
        int pending = watcher.pending();
        List<InotifyEvent> expected = watcher.throughDeath();
        assertThat(expected).hasSizeGreaterThan(15);
        assertThat(watcher.pending()).isEqualTo(pending);
        assertSame(watcher.read(), expected);
    }

    @Test
    void anEmptyQueueStaysEmptyAndTheWatchLives(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, ALL);
        watcher.throughDeath();
        assertThat(watcher.read()).isEmpty();
        happen(directory);
        assertSame(watcher.read(), watcher.readTwin());
    }

    @ParameterizedTest
    @EnumSource(Watcher.Reading.class)
    void aQueueThatIsLeftRunningIsAsItWas(Watcher.Reading reading, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox).thatIsRead(reading);
        int watch = watcher.watch(directory, ALL);
        happen(directory);
        int pending = watcher.pending();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.pending()).isEqualTo(pending);
        assertSame(watcher.read(), watcher.twinBefore());
        assertThat(watcher.watch(directory, ALL)).isEqualTo(watch);
        happen(directory);
        assertSame(watcher.read(), watcher.readTwin());
        assertThat(watcher.watch(sandbox.directory(), EventMask.ATTRIB)).isEqualTo(watch + 1);
    }

    @Test
    void deletedMovedAndIgnoredComeBackForFilesAndDirectories(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Path file = Files.createFile(directory.resolve("file"));
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Path other = Files.createFile(directory.resolve("other"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, ALL);
        watcher.watch(file, ALL);
        watcher.watch(inner, ALL);
        int last = watcher.watch(other, ALL.with(EventMask.ONESHOT));
        Files.writeString(file, "x");
        Files.writeString(other, "x");
        Files.move(inner, directory.resolve("renamed"));
        Files.createFile(directory.resolve("renamed/child"));
        Files.delete(directory.resolve("renamed/child"));
        Files.delete(directory.resolve("renamed"));
        Files.delete(file);
        List<InotifyEvent> expected = watcher.throughDeath();
        assertSame(watcher.read(), expected);
        assertThat(watcher.watch(other, ALL)).isEqualTo(last + 1);
    }

    @Test
    void numbersOfWatchesAndTheNextOneAreKept(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        for (int i = 0; i < 10; i++) {
            watcher.watch(Files.createFile(directory.resolve("f" + i)), ALL);
        }
        for (int gone : new int[] {1, 4, 5, 9, 10}) {
            watcher.unwatch(gone);
        }
        List<InotifyEvent> expected = watcher.throughDeath();
        assertSame(watcher.read(), expected);
        Files.writeString(directory.resolve("f1"), "x");
        Files.writeString(directory.resolve("f7"), "x");
        Files.writeString(directory.resolve("f0"), "x");
        assertSame(watcher.read(), watcher.readTwin());
        assertThat(watcher.watch(Files.createFile(directory.resolve("new")), ALL)).isEqualTo(11);
    }

    @Test
    void anUnmountedFileSystemIsTold(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("mount", "size=64k");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(mount, ALL);
        Files.createFile(mount.resolve("file"));
        Command.run("umount", mount.toString());
        Command.run("mount", "-t", "tmpfs", "stasis-test", mount.toString());
        List<InotifyEvent> expected = watcher.throughDeath();
        assertThat(expected).anyMatch(event -> event.mask().has(EventMask.UNMOUNT));
        assertSame(watcher.read(), expected);
    }

    @Test
    void aFullQueueKeepsAllEventsAndItsOverflow(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, EventMask.CREATE.with(EventMask.DELETE));
        for (int i = 0; i < 9000; i++) {
            Path file = directory.resolve("file" + i % 100);
            Files.createFile(file);
            Files.delete(file);
        }
        List<InotifyEvent> expected = watcher.throughDeath();
        assertThat(expected.get(expected.size() - 1).isOverflow()).isTrue();
        assertSame(watcher.read(), expected);
    }

    @Test
    void whatChangedMeanwhileIsToldAsAnOverflow(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, ALL);
        Path image = watcher.dump(Afterwards.KILL);
        Thread.sleep(20);
        Files.createFile(directory.resolve("meanwhile"));
        watcher.restore(image);
        assertThat(watcher.read()).singleElement().satisfies(event -> assertThat(event.isOverflow()).isTrue());
    }

    @Test
    void oneInstanceIsSharedOverFork(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = watched(sandbox);
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(directory, ALL);
        long copy = watcher.puppet().call(SyscallNumber.DUP, watcher.instance().number());
        happen(directory);
        List<InotifyEvent> expected = watcher.throughDeath();
        assertSame(InotifyEvent.parse(watcher.puppet()
                .read(new RemoteFd(watcher.puppet().pid(), (int) copy), 1 << 17)), expected);
        assertThat(watcher.pending()).isZero();
    }
}
