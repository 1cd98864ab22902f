package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever happens to watched directories, before a checkpoint at any moment and after it: the events that are read over both
 * lives are those that a twin reads which was never checkpointed. The property {@code stasis.rounds} says how many cases are
 * tried, {@code stasis.seed} the first of them.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class RandomEventsSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 12);
    private static final long SEED = Long.getLong("stasis.seed", System.nanoTime());

    @Test
    void theEventsOfBothLivesAreThoseOfTheTwin(Stasis stasis, Sandbox sandbox) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            Random random = new Random(seed);
            Path directory = Files.createDirectory(sandbox.path("case" + round));
            try (RandomChanges changes = new RandomChanges(directory, random)) {
                Watcher watcher = new Watcher(stasis, sandbox).withUndisturbedTwin();
                check(watcher, changes, random, "seed " + seed);
                watcher.close();
            }
        }
    }

    private static void check(Watcher watcher, RandomChanges changes, Random random, String seed) throws Exception {
        watcher.thatIsRead(Watcher.Reading.values()[random.nextInt(2)]);
        for (Path path : changes.toWatch()) {
            watcher.watch(path, mask(random));
        }
        List<InotifyEvent> read = new ArrayList<>();
        List<InotifyEvent> expected = new ArrayList<>();
        changes.make(random.nextInt(30));
        if (random.nextInt(4) == 0) {
            read.addAll(watcher.read());
            expected.addAll(watcher.readTwin());
        }
        changes.make(random.nextInt(40));
        int pending = watcher.pending();
        if (random.nextBoolean()) {
            watcher.restore(watcher.dump(Afterwards.KILL), "missed-events", "never");
        } else {
            watcher.dump(Afterwards.LEAVE_RUNNING);
        }
        assertThat(watcher.pending()).as(seed).isEqualTo(pending);
        changes.make(random.nextInt(30));
        read.addAll(watcher.read());
        expected.addAll(watcher.readTwin());
        assertThat(Watcher.comparable(read)).as(seed).isEqualTo(Watcher.comparable(expected));
    }

    private static EventMask mask(Random random) {
        if (random.nextInt(3) == 0) {
            return EventMask.ALL_EVENTS;
        }
        EventMask some = new EventMask(random.nextInt(0xfff) + 1);
        if (random.nextBoolean()) {
            some = new EventMask(1 << random.nextInt(12) | 1 << random.nextInt(12)); // what comes before the events is not told of
        }
        some = random.nextInt(4) == 0 ? some.with(EventMask.ONESHOT) : some;
        return random.nextInt(4) == 0 ? some.with(EventMask.EXCL_UNLINK) : some;
    }
}
