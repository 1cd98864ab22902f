package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several inodes with one number, as overlayfs and FUSE have them for hard links: a watch is on the very one that it was on. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class AliasesSpec {
    private static final EventMask ALL = EventMask.ALL_EVENTS;

    private Path layers;
    private Path first;
    private Path second;

    /** With a file in the lower directory that has two names, and one that has one. */
    private void mountOverlay(Sandbox sandbox, String options) throws Exception {
        layers = sandbox.mountTmpfs("layers", "size=8m");
        for (String name : new String[] {"lower/d", "upper", "work"}) {
            Files.createDirectories(layers.resolve(name));
        }
        Files.createLink(layers.resolve("lower/d/second"), Files.writeString(layers.resolve("lower/d/first"), "x"));
        Files.writeString(layers.resolve("lower/d/single"), "x");
        Path point = Files.createDirectory(sandbox.path("overlay"));
        Command.run("mount", "-t", "overlay", "-o", "lowerdir=" + layers + "/lower,upperdir=" + layers + "/upper,workdir=" + layers
                + "/work" + options, "stasis-test", point.toString());
        sandbox.own(() -> Command.run("umount", "-l", point.toString()));
        first = point.resolve("d/first");
        second = point.resolve("d/second");
    }

    private void assertBothAreSeenAsByTheTwin(Watcher watcher) throws Exception {
        watcher.read();
        watcher.readTwin();
        Files.readString(first);
        List<InotifyEvent> ofFirst = watcher.read();
        assertThat(Watcher.comparable(ofFirst)).isEqualTo(Watcher.comparable(watcher.readTwin()));
        Files.readString(second);
        List<InotifyEvent> ofSecond = watcher.read();
        assertThat(Watcher.comparable(ofSecond)).isEqualTo(Watcher.comparable(watcher.readTwin()));
        assertThat(ofFirst.size() + ofSecond.size()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",redirect_dir=on,metacopy=on", ",xino=off", ",index=on", ",index=on,nfs_export=on"})
    void aHardLinkOnOverlayfsIsWatchedUnderTheNameThatWasWatched(String options, Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, options);
        for (Path name : new Path[] {first, second}) {
            Watcher watcher = new Watcher(stasis, sandbox);
            watcher.watch(name, ALL);
            watcher.dump(Afterwards.LEAVE_RUNNING);
            assertThat(watcher.read()).isEmpty();
            watcher.throughDeath();
            assertThat(watcher.pending()).isZero();
            assertBothAreSeenAsByTheTwin(watcher);
        }
    }

    @Test
    void bothNamesAreWatchedEachByItself(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        int other = (int) watcher.puppet().call(SyscallNumber.INOTIFY_INIT1, OpenFlags.NONBLOCK.bits());
        watcher.addTo(other, second, ALL);
        watcher.watch(first, ALL);
        watcher.watch(second, EventMask.CLOSE_NOWRITE);
        watcher.throughDeath();
        assertBothAreSeenAsByTheTwin(watcher);
        assertThat(watcher.pending(other)).isEqualTo(3 * 16);
    }

    @Test
    void aWatchStaysOnAFileThatWasCopiedUpOrRenamedIntoTheUpperLayer(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(first, ALL);
        watcher.watch(second, ALL);
        Files.writeString(first, "more", StandardOpenOption.APPEND);
        Path renamed = Files.createDirectory(first.resolveSibling("new")).resolve("second");
        Files.move(second, renamed);
        second = renamed;
        watcher.throughDeath("missed-events", "never");
        assertBothAreSeenAsByTheTwin(watcher);
    }

    @Test
    void whatReplacedAWatchedFileIsNotTakenForIt(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(first, ALL);
        Path image = watcher.dump(Afterwards.KILL);
        Files.delete(first);
        Files.writeString(first, "another");
        assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("wd 1").hasMessageContaining(first.toString());
        watcher.restore(image, "unresolved-watch", "drop-with-overflow");
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
    }

    @Test
    void layersAreNotReadForTheSakeOfAWatch(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(first, ALL);
        watcher.watch(layers.resolve("lower"), ALL);
        watcher.watch(layers.resolve("lower/d"), ALL);
        watcher.watch(layers.resolve("upper"), ALL);
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.read()).isEmpty();
        watcher.throughDeath();
        assertThat(watcher.read()).isEmpty();
    }

    /** It is looked for under other names, for overlayfs does not tell that it has none. */
    @Test
    void aDeletedFileOfTheLowerLayerIsLookedForUnnoticed(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(first.getParent(), ALL);
        watcher.puppet().open(first.resolveSibling("single"), OpenFlags.RDONLY, 0);
        Files.delete(first.resolveSibling("single"));
        watcher.read();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.read()).isEmpty();
        watcher.throughDeath("missed-events", "never");
        assertThat(watcher.read()).isEmpty();
    }

    /** There the kernel opens the directories itself. */
    @Test
    void whereThatIsHeardInTheLayerTheQueueEndsWithAnOverflow(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(layers.resolve("lower/d"), ALL);
        watcher.puppet().open(first.resolveSibling("single"), OpenFlags.RDONLY, 0);
        Files.delete(first.resolveSibling("single"));
        watcher.read();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
        watcher.throughDeath("missed-events", "never");
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
    }

    @Test
    void whereTheKernelIsNotLookedIntoAFileWithSeveralNamesIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox).thatIsRead(Watcher.Reading.EMPTYING);
        watcher.watch(second, ALL);
        assertThatThrownBy(() -> watcher.dump(Afterwards.KILL)).hasMessageContaining("wd 1").hasMessageContaining("not for certain");
    }

    @Test
    void whereTheKernelIsNotLookedIntoASearchThatIsHeardInALayerEndsTheQueueWithAnOverflow(Stasis stasis, Sandbox sandbox)
            throws Exception {
        mountOverlay(sandbox, "");
        Watcher watcher = new Watcher(stasis, sandbox).thatIsRead(Watcher.Reading.EMPTYING);
        watcher.watch(first.resolveSibling("single"), ALL);
        watcher.watch(layers.resolve("lower/d"), ALL);
        watcher.throughDeath("missed-events", "never");
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
        Files.readString(first.resolveSibling("single"));
        assertThat(watcher.read()).anyMatch(event -> event.watch().number() == 1);
    }

    @Test
    void onFuseAWatchDoesNotMoveToAnotherNameWhenItsOwnIsDeleted(Stasis stasis, Sandbox sandbox) throws Exception {
        Path source = Files.createDirectory(sandbox.path("source"));
        Path mount = Files.createDirectory(sandbox.path("mount"));
        Files.createLink(source.resolve("second"), Files.writeString(source.resolve("first"), "x"));
        sandbox.start("bindfs", "-f", source.toString(), mount.toString());
        Await.until("it is mounted", () -> Command.run("cat", "/proc/self/mountinfo").contains(" " + mount + " "));
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        first = mount.resolve("first");
        second = mount.resolve("second");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(second, ALL);
        watcher.throughDeath();
        assertBothAreSeenAsByTheTwin(watcher);
        Files.delete(second);
        watcher.read();
        assertThatThrownBy(() -> watcher.dump(Afterwards.KILL)).hasMessageContaining("wd 1").hasMessageContaining("unresolved-watch");
    }

    @Test
    void aFileThatGotTheNumberOfAnotherIsNotTakenForIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("fleeting", "size=1m");
        Path file = Files.writeString(mount.resolve("file"), "x");
        Object number = Files.getAttribute(file, "unix:ino");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(file, ALL);
        Path image = watcher.dump(Afterwards.KILL);
        Command.run("umount", mount.toString());
        Command.run("mount", "-t", "tmpfs", "stasis-test", mount.toString());
        Files.writeString(file, "x");
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(number);
        assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("wd 1").hasMessageContaining(file.toString());
        watcher.restore(image, "unresolved-watch", "drop-with-overflow");
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
    }

    @Test
    void aFileOfExt4ThatGotTheNumberOfAnotherIsNotTakenForIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Path disk = Disks.mount("ext4", sandbox);
        Path file = Files.writeString(disk.resolve("file"), "x");
        Object number = Files.getAttribute(file, "unix:ino");
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(file, ALL);
        Path image = watcher.dump(Afterwards.KILL);
        Files.delete(file);
        for (int i = 0; !Files.exists(file) || !Files.getAttribute(file, "unix:ino").equals(number); i++) {
            assertThat(i).isLessThan(1_000);
            if (Files.exists(file)) {
                Files.move(file, disk.resolve("other" + i));
            }
            Files.writeString(file, "x");
        }
        assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("wd 1").hasMessageContaining(file.toString());
        watcher.restore(image, "unresolved-watch", "drop-with-overflow");
        assertThat(watcher.read()).hasSize(1).allMatch(InotifyEvent::isOverflow);
    }
}
