package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever a watch is on, it is on the same thing in the second life; or the dump is refused by name. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class TargetsSpec {
    private static final EventMask ALL = EventMask.ALL_EVENTS;

    private static void assertSeesTheSame(Watcher watcher) {
        List<InotifyEvent> read = watcher.read();
        assertThat(Watcher.comparable(read)).isEqualTo(Watcher.comparable(watcher.readTwin())).isNotEmpty();
    }

    @Test
    void aSymbolicLinkItselfAndWhatAnotherLeadsTo(Stasis stasis, Sandbox sandbox) throws Exception {
        Path file = Files.writeString(sandbox.path("file"), "x");
        Path link = Files.createSymbolicLink(sandbox.path("link"), Path.of("file"));
        Path dangling = Files.createSymbolicLink(sandbox.path("dangling"), Path.of("nowhere"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(link, ALL.with(EventMask.DONT_FOLLOW));
        watcher.watch(dangling, ALL.with(EventMask.DONT_FOLLOW));
        watcher.watch(link, ALL);
        watcher.throughDeath();
        Command.run("chown", "-h", "0", link.toString(), dangling.toString());
        Files.writeString(file, "y");
        assertSeesTheSame(watcher);
    }

    @Test
    void mountRootsAndWhatIsBelowTwoMountsOfOneFileSystem(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("mount", "size=1m");
        Path inner = Files.createDirectory(mount.resolve("inner"));
        Path other = Files.createDirectory(sandbox.path("other"));
        Command.run("mount", "--bind", inner.toString(), other.toString());
        sandbox.own(() -> Command.run("umount", "-l", other.toString()));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(mount, ALL.with(EventMask.ONLYDIR));
        watcher.watch(other, ALL);
        watcher.watch(Path.of("/"), EventMask.DELETE);
        watcher.throughDeath();
        Files.createFile(mount.resolve("new"));
        Files.createFile(other.resolve("newer"));
        assertSeesTheSame(watcher);
    }

    @Test
    void procAndSysfsEntriesAndDevices(Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(Path.of("/proc/loadavg"), EventMask.OPEN);
        watcher.watch(Path.of("/sys/kernel/profiling"), EventMask.OPEN);
        watcher.watch(Path.of("/dev/null"), EventMask.OPEN);
        watcher.throughDeath("missed-events", "never");
        Files.readString(Path.of("/proc/loadavg"));
        Files.readString(Path.of("/sys/kernel/profiling"));
        List<InotifyEvent> read = watcher.read();
        assertThat(read).anyMatch(event -> event.watch().number() == 1).anyMatch(event -> event.watch().number() == 2);
    }

    @Test
    void aFileWithManyNamesAndOneThatWasMoved(Stasis stasis, Sandbox sandbox) throws Exception {
        Path linked = Files.writeString(sandbox.path("one"), "x");
        Path second = Files.createLink(sandbox.path("two"), linked);
        Path moved = Files.writeString(sandbox.path("before"), "x");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(linked, ALL);
        watcher.watch(moved, ALL);
        Files.delete(linked);
        Files.move(moved, sandbox.path("after"), StandardCopyOption.ATOMIC_MOVE);
        List<InotifyEvent> expected = watcher.throughDeath("missed-events", "never");
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
        Files.writeString(second, "y");
        Files.writeString(sandbox.path("after"), "y");
        assertSeesTheSame(watcher);
    }

    @Test
    void whatIsMovedWhileTheProcessDoesNotExistIsFoundAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Path file = Files.writeString(sandbox.path("file"), "x");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(file, EventMask.MODIFY);
        Path image = watcher.dump(Afterwards.KILL);
        Files.move(file, sandbox.path("elsewhere"), StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(file, "another file under the old name");
        watcher.restore(image, "missed-events", "never");
        watcher.readTwin();
        Files.writeString(sandbox.path("elsewhere"), "y");
        assertSeesTheSame(watcher);
        Files.writeString(file, "z");
        assertThat(watcher.read()).isEmpty();
    }

    @Test
    void anOpenFileOnADetachedMount(Stasis stasis, Sandbox sandbox) throws Exception {
        Path disk = Disks.mount("ext4", sandbox);
        Path held = Files.createDirectory(sandbox.path("held"));
        Command.run("mount", "--bind", disk.toString(), held.toString());
        Path file = Files.writeString(held.resolve("file"), "x");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(held.resolve("file"), EventMask.MODIFY);
        watcher.puppet().open(file, OpenFlags.RDWR, 0);
        Command.run("umount", "-l", held.toString());
        watcher.throughDeath("missed-events", "never");
        watcher.readTwin();
        Files.writeString(disk.resolve("file"), "y");
        assertSeesTheSame(watcher);
    }

    @Test
    void aWatchOnAFileSystemThatIsMountedNowhereIsRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        Path lone = sandbox.mountTmpfs("lone", "size=1m");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(lone, EventMask.CREATE);
        try (Fd held = FileCalls.open(UnixPath.of(lone.toString()), OpenFlags.PATH, 0)) {
            Command.run("umount", "-l", lone.toString());
            assertThatThrownBy(() -> watcher.dump(Afterwards.KILL)).hasMessageContaining("wd 1")
                    .hasMessageContaining("neither its file handle nor its path").hasMessageContaining("drop-with-overflow");
        } finally {
            Command.run("mount", "-t", "tmpfs", "stasis-test", lone.toString());
        }
    }

    @Test
    void severalInstancesOnOneInodeAndThousandsOfWatches(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("many"));
        Watcher watcher = new Watcher(stasis, sandbox);
        for (int i = 0; i < 3_000; i++) {
            watcher.watch(Files.createDirectory(directory.resolve("d" + i)), EventMask.CREATE);
        }
        long other = watcher.puppet().call(SyscallNumber.INOTIFY_INIT1, OpenFlags.NONBLOCK.bits());
        watcher.addTo((int) other, directory.resolve("d7"), EventMask.CREATE.with(EventMask.ISDIR));
        Files.createFile(directory.resolve("d7/new"));
        List<InotifyEvent> expected = watcher.throughDeath("missed-events", "never");
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
        assertThat(watcher.pending((int) other)).isEqualTo(32);
        Files.createFile(directory.resolve("d7/newer"));
        Files.createFile(directory.resolve("d2999/newer"));
        assertThat(watcher.pending((int) other)).isEqualTo(64);
        assertSeesTheSame(watcher);
    }
}
