package dev.stasis.linux.notify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Looks into inotify queues and leaves them as they are, which read(2) cannot. The kernel is asked by a BPF program, for which
 * it must know its own structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller have CAP_BPF and CAP_PERFMON, or
 * CAP_SYS_ADMIN. What was seen is compared with what the kernel says of the queue, FIONREAD.
 *
 * <p>Nobody may read the queue meanwhile. Not safe for use by several threads at once. To be closed.
 */
public final class QueuePeek implements AutoCloseable {
    private static final int SHOWN = EventMask.ALL_EVENTS.bits() | EventMask.ISDIR.bits() | EventMask.UNMOUNT.bits()
            | EventMask.IGNORED.bits() | EventMask.OVERFLOW.bits();
    private static final int LONGEST_NAME = 255;
    private static final UnixPath NO_NAME = UnixPath.of("");

    private final QueueProgram program;

    /** The same from the last event on; null as long as nobody asked. */
    private QueueProgram backwards;

    private QueuePeek(QueueProgram program) {
        this.program = program;
    }

    /**
     * What a look found.
     *
     * @param events those behind what the look before found, in order
     * @param next the number that the instance's next watch gets
     * @param size how many bytes all events of the queue take, those that were seen before too
     * @param cursor where the next look goes on
     */
    public record Look(List<InotifyEvent> events, WatchDescriptor next, int size, long cursor) {
        public Look {
            events = List.copyOf(events);
        }
    }

    /** Gets ready to look; throws {@link dev.stasis.linux.KernelException} when the kernel or the caller's privileges do not allow it. */
    public static QueuePeek open() {
        return new QueuePeek(new QueueProgram(KernelStructures.LIST_NEXT));
    }

    /** Looks at all that is in the queue of {@code instance}; empty when it does not fit what the kernel says of the queue. */
    public Optional<Look> look(Fd instance) {
        return look(instance, 0, 0);
    }

    /** Looks at what came behind what {@code before} found, all of which must still be there; empty when it does not fit. */
    public Optional<Look> lookAgain(Fd instance, Look before) {
        return look(instance, before.size(), before.cursor());
    }

    /**
     * How many events {@code instance} takes before it tells of an overflow: fs.inotify.max_queued_events as it was when the instance
     * was made.
     */
    public int limit(Fd instance) {
        program.run(instance, 0);
        return program.limit();
    }

    /**
     * The last {@code count} events in the queue of {@code instance}, in order, null for what can be none; all when there are not so many. Takes no longer for
     * a queue that has many more. Nobody may add events meanwhile.
     */
    public List<InotifyEvent> last(Fd instance, int count) {
        if (backwards == null) {
            backwards = new QueueProgram(KernelStructures.LIST_PREVIOUS);
        }
        List<InotifyEvent> events = new ArrayList<>();
        long cursor = 0;
        int copied = QueueProgram.BATCH;
        while (copied == QueueProgram.BATCH && events.size() < count) {
            copied = backwards.run(instance, cursor);
            cursor = backwards.cursor();
            for (int i = 0; i < copied && events.size() < count; i++) {
                events.add(event(backwards, i));
            }
        }
        Collections.reverse(events);
        return events;
    }

    /** Others may add events all the time: there must have been as many as FIONREAD told beforehand, at some event's end. */
    private Optional<Look> look(Fd instance, int sizeBefore, long cursorBefore) {
        int expected = InotifyCalls.pending(instance);
        List<InotifyEvent> events = new ArrayList<>();
        int size = sizeBefore;
        long cursor = cursorBefore;
        boolean fits = size == expected;
        int count;
        do {
            count = program.run(instance, cursor);
            cursor = count == 0 ? cursor : program.cursor();
            for (int i = 0; i < count; i++) {
                InotifyEvent event = event(program, i);
                if (event == null) {
                    return Optional.empty();
                }
                events.add(event);
                size += event.size();
                fits |= size == expected;
            }
        } while (count == QueueProgram.BATCH && size < expected);
        return fits ? Optional.of(new Look(events, new WatchDescriptor(Math.max(program.nextWatch(), 1)), size, cursor))
                : Optional.empty();
    }

    /** Event {@code index} of what the program copied; null when it can be none. */
    private static InotifyEvent event(QueueProgram program, int index) {
        int length = program.nameLength(index);
        EventMask mask = new EventMask(program.mask(index) & SHOWN);
        WatchDescriptor watch = new WatchDescriptor(program.watch(index));
        boolean possible = length >= 0 && length <= LONGEST_NAME && !mask.equals(EventMask.NOTHING)
                && (watch.number() > 0 || watch.equals(WatchDescriptor.NONE) && mask.equals(EventMask.OVERFLOW));
        if (!possible || length > 0 && !isName(program, index, length)) {
            return null;
        }
        return new InotifyEvent(watch, mask, program.cookie(index),
                length == 0 ? NO_NAME : UnixPath.of(program.name(index, length)));
    }

    private static boolean isName(QueueProgram program, int index, int length) {
        for (int i = 0; i < length; i++) {
            if (program.nameByte(index, i) == 0) {
                return false;
            }
        }
        return program.nameByte(index, length) == 0;
    }

    @Override
    public void close() {
        program.close();
        if (backwards != null) {
            backwards.close();
        }
    }
}
