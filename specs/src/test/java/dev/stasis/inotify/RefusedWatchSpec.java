package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
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
            assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("fs.inotify.max_user_instances");
        }
        try (Sysctl watches = Sysctl.set("fs.inotify.max_user_watches", "0")) {
            assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining("fs.inotify.max_user_watches");
        }
        watcher.restore(image);
        assertThat(watcher.read()).isEmpty();
    }

    /** A file handle leads to a file through any mount of its file system, so only the end of its path is certain. */
    private static String nameBelowItsMount(Path file) {
        return "/" + file.getParent().getFileName() + "/" + file.getFileName();
    }
}
