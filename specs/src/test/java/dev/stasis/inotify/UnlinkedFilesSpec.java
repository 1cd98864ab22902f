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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The knot: a directory and two files in it, all watched; the files are open and were deleted, and nothing was read yet.
 * Keeping the files disturbs the watches, and reading the queue empties it.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class UnlinkedFilesSpec {
    private Path directory;
    private RemoteFd a;

    private Watcher knot(Stasis stasis, Sandbox sandbox) throws Exception {
        directory = Files.createDirectory(sandbox.path("dir"));
        Watcher watcher = new Watcher(stasis, sandbox);
        for (String name : new String[] {"a", "b"}) {
            Files.writeString(directory.resolve(name), name);
        }
        watcher.watch(directory, EventMask.ALL_EVENTS);
        watcher.watch(directory.resolve("a"), EventMask.ALL_EVENTS);
        watcher.watch(directory.resolve("b"), EventMask.ALL_EVENTS);
        a = watcher.puppet().open(directory.resolve("a"), OpenFlags.RDWR, 0);
        watcher.puppet().open(directory.resolve("b"), OpenFlags.RDWR, 0);
        Files.delete(directory.resolve("a"));
        Files.delete(directory.resolve("b"));
        return watcher;
    }

    @Test
    void theEventsOfTheKnotComeBackAndTheWatchesGoOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = knot(stasis, sandbox);
        List<InotifyEvent> expected = watcher.throughDeath();
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
        assertTheFileIsWatched(watcher);
    }

    @ParameterizedTest
    @EnumSource(Watcher.Reading.class)
    void theKnotThatIsLeftRunningIsAsItWas(Watcher.Reading reading, Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = knot(stasis, sandbox).thatIsRead(reading);
        int pending = watcher.pending();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.pending()).isEqualTo(pending);
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(watcher.twinBefore()));
        assertTheFileIsWatched(watcher);
    }

    private void assertTheFileIsWatched(Watcher watcher) {
        watcher.puppet().write(a, "more".getBytes());
        assertThat(watcher.read()).anySatisfy(event -> {
            assertThat(event.watch().number()).isEqualTo(2);
            assertThat(event.mask()).isEqualTo(EventMask.MODIFY);
        });
        watcher.puppet().close(a);
        List<InotifyEvent> last = watcher.read();
        assertThat(last).anyMatch(event -> event.watch().number() == 2 && event.mask().has(EventMask.DELETE_SELF));
        assertThat(last.get(last.size() - 1).isIgnored()).isTrue();
    }
}
