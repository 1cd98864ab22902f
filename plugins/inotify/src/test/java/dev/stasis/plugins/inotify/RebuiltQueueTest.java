package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Any events can be put into a queue, be there a way or none by which they came about: what is read is what was asked for. */
class RebuiltQueueTest {
    private static final int TRIES = 150;
    private static final String[] NAMES = {"a", "b", "exactly16bytes__", "n".repeat(255)};
    private static final EventMask[] OF_ANY = {EventMask.OPEN, EventMask.ACCESS, EventMask.ATTRIB, EventMask.CLOSE_NOWRITE};
    private static final EventMask[] OF_FILES = {EventMask.MODIFY, EventMask.CLOSE_WRITE};
    private static final EventMask[] OF_ENTRIES = {EventMask.CREATE, EventMask.DELETE, EventMask.MOVED_FROM, EventMask.MOVED_TO};

    private static QueueSight sight() {
        return new QueueSight(new Options() {
            @Override
            public boolean isSet(String name) {
                return false;
            }

            @Override
            public Optional<String> value(String name) {
                return Optional.empty();
            }
        });
    }

    private static InotifyEvent event(int watch, EventMask mask, int cookie, String name) {
        return new InotifyEvent(new WatchDescriptor(watch), mask, cookie, UnixPath.of(name));
    }

    private static EventMask one(EventMask[] masks, Random random) {
        return masks[random.nextInt(masks.length)];
    }

    /** Of watches 1 to 3, the last of which is on a file. */
    private static List<InotifyEvent> events(Random random) {
        EventQueue queue = new EventQueue(Integer.MAX_VALUE);
        int count = random.nextInt(40);
        for (int i = 1; i <= count; i++) {
            int watch = random.nextInt(3) + 1;
            EventMask kind = random.nextBoolean() ? EventMask.ISDIR : EventMask.NOTHING;
            String name = NAMES[random.nextInt(NAMES.length)];
            int choice = random.nextInt(10);
            if (choice == 0) {
                queue.append(List.of(event(watch, EventMask.DELETE_SELF, 0, ""), event(watch, EventMask.IGNORED, 0, "")));
            } else if (choice == 1) {
                queue.append(List.of(event(watch, random.nextBoolean() ? EventMask.MOVE_SELF : EventMask.IGNORED, 0, "")));
            } else if (watch == 3) {
                queue.append(List.of(event(watch, one(random.nextBoolean() ? OF_FILES : OF_ANY, random), 0, "")));
            } else if (choice == 2) {
                queue.append(List.of(event(watch, one(OF_ANY, random).with(EventMask.ISDIR), 0, "")));
            } else if (choice == 3) {
                queue.append(List.of(event(watch, EventMask.MOVED_FROM.with(kind), i, name),
                        event(random.nextInt(2) + 1, EventMask.MOVED_TO.with(kind), i, NAMES[random.nextInt(NAMES.length)])));
            } else if (choice < 6) {
                EventMask what = one(OF_ANY, random);
                queue.append(List.of(event(watch, what.with(kind), 0, name)));
            } else {
                EventMask what = one(OF_ENTRIES, random);
                queue.append(List.of(event(watch, what.with(kind), what.hasAny(EventMask.MOVED_FROM.with(EventMask.MOVED_TO)) ? i : 0, name)));
            }
        }
        return queue.events();
    }

    @Property(tries = TRIES)
    void anyEventsCanBePutIntoAQueue(@ForAll long seed) {
        List<InotifyEvent> events = events(new Random(seed));
        try (Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK); ScratchSpace space = ScratchSpace.create();
                QueueSight sight = sight();
                QueueBuilder builder = new QueueBuilder(instance, LiveQueue.limit(), space, sight)) {
            builder.fill(events, new WatchDescriptor(10));
            assertThat(builder.isAsWanted()).isTrue();
            builder.open();
            List<InotifyEvent> wanted = Renames.of(events).inOrder(StandIns.of(events), 0);
            List<InotifyEvent> read = LiveQueue.drain(instance);
            assertThat(Renames.areSame(wanted, read)).as("%s%nwas to be%n%s", read, wanted).isTrue();
        }
    }

    @Property(tries = 3)
    void howManyEventsAnInstanceTakesShowsInItself(@ForAll long seed) {
        try (Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK); ScratchSpace space = ScratchSpace.create()) {
            assertThat(QueueLimit.measure(instance, new WatchDescriptor(1), space)).isEqualTo(LiveQueue.limit());
            assertThat(InotifyCalls.pending(instance)).isZero();
        }
    }

    @Property(tries = 3)
    void aQueueThatIsNotAsWantedIsSeenNotToBe(@ForAll long seed) {
        List<InotifyEvent> events = new ArrayList<>(List.of(event(1, EventMask.CREATE, 0, "a"), event(1, EventMask.DELETE, 0, "a")));
        for (int limit : new int[] {LiveQueue.limit() - 1, LiveQueue.limit() + 1}) {
            try (Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK); ScratchSpace space = ScratchSpace.create();
                    QueueSight sight = sight();
                    QueueBuilder builder = new QueueBuilder(instance, limit, space, sight)) {
                builder.fill(events, new WatchDescriptor(10));
                assertThat(builder.isAsWanted()).isFalse();
            }
        }
    }
}
