package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Others change a watched directory without a pause while the tree is dumped and runs on. What the living program reads is
 * what a twin reads that was never dumped, in order; or, where queues must be emptied and they were faster than can be followed, an overflow stands where
 * events are missing, and what is before it, and behind it as far as the twin has it, is the twin's. Never is an event missing that nothing tells of. The
 * property {@code stasis.rounds} says how often each is tried.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class BusyDirectorySpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 3);

    @ParameterizedTest
    @ValueSource(longs = {0, 20_000, 1_000_000})
    void whatOthersDoMeanwhileIsReadInOrder(long pauseNanos, Stasis stasis, Sandbox sandbox) throws Exception {
        whatIsRead(pauseNanos, Watcher.Reading.LOOKING, stasis, sandbox, (read, twin) ->
                assertSame(Watcher.comparable(read), Watcher.comparable(twin)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20_000, 1_000_000})
    void whereQueuesAreEmptiedItIsReadInOrderOrToldAsAnOverflow(long pauseNanos, Stasis stasis, Sandbox sandbox) throws Exception {
        whatIsRead(pauseNanos, Watcher.Reading.EMPTYING, stasis, sandbox, BusyDirectorySpec::assertComplete);
    }

    private static void whatIsRead(long pauseNanos, Watcher.Reading reading, Stasis stasis, Sandbox sandbox,
            BiConsumer<List<InotifyEvent>, List<InotifyEvent>> check) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("busy"));
        Watcher watcher = new Watcher(stasis, sandbox).withUndisturbedTwin().thatIsRead(reading);
        watcher.watch(directory, EventMask.ALL_EVENTS);
        watcher.watch(Files.createDirectory(directory.resolve("inner")), EventMask.CREATE.with(EventMask.DELETE));
        for (int round = 0; round < ROUNDS; round++) {
            try (Changes changes = Changes.in(directory, pauseNanos)) {
                Await.until("events wait", () -> watcher.pending() > 0);
                watcher.dump(Afterwards.LEAVE_RUNNING);
                long done = changes.done();
                Await.until("more happens", () -> changes.hasStopped() || changes.done() > done);
            }
            check.accept(watcher.read(), watcher.readTwin());
        }
    }

    private static void assertComplete(List<InotifyEvent> read, List<InotifyEvent> twin) {
        List<String> expected = Watcher.comparable(withoutOverflow(twin));
        int mark = indexOfOverflow(read);
        if (mark < 0) {
            assertSame(Watcher.comparable(read), expected);
            return;
        }
        List<String> before = Watcher.comparable(read.subList(0, mark));
        assertSame(before, expected.subList(0, before.size()));
        if (indexOfOverflow(twin) >= 0) {
            return;
        }
        List<String> behind = names(read.subList(mark + 1, read.size()));
        List<String> all = names(withoutOverflow(twin));
        assertSame(behind, all.subList(all.size() - behind.size(), all.size()));
    }

    /** Shows only where the first difference is: there are thousands of events. */
    private static void assertSame(List<String> read, List<String> expected) {
        int same = 0;
        while (same < Math.min(read.size(), expected.size()) && read.get(same).equals(expected.get(same))) {
            same++;
        }
        int from = Math.max(0, same - 3);
        assertThat(read.subList(from, Math.min(read.size(), same + 5))).as("event " + same + " of " + expected.size())
                .isEqualTo(expected.subList(from, Math.min(expected.size(), same + 5)));
    }

    private static int indexOfOverflow(List<InotifyEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).isOverflow()) {
                return i;
            }
        }
        return -1;
    }

    private static List<InotifyEvent> withoutOverflow(List<InotifyEvent> events) {
        return events.stream().filter(event -> !event.isOverflow()).toList();
    }

    /** Without cookies, which begin anew behind what is missing. */
    private static List<String> names(List<InotifyEvent> events) {
        List<String> names = new ArrayList<>();
        events.forEach(event -> names.add(event.watch() + " " + event.mask() + " " + event.name()));
        return names;
    }
}
