package dev.stasis.linux.notify;

import dev.stasis.linux.UnixPath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One event, as a program reads it.
 *
 * @param watch whose event it is
 * @param mask what happened
 * @param cookie the same for the two halves of a rename; 0 for all else
 * @param name the entry of the watched directory that it is about; empty when it is about the watched object itself
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public record InotifyEvent(WatchDescriptor watch, EventMask mask, int cookie, UnixPath name) {
    private static final int HEAD = 16;
    private static final UnixPath NO_NAME = UnixPath.of("");

    // By hand: what the compiler generates for a record starts up method handles, some milliseconds of a cold start.

    @Override
    public final boolean equals(Object other) {
        return other instanceof InotifyEvent event && cookie == event.cookie && watch.equals(event.watch)
                && mask.equals(event.mask) && name.equals(event.name);
    }

    @Override
    public final int hashCode() {
        return 31 * (31 * (31 * watch.hashCode() + mask.hashCode()) + cookie) + name.hashCode();
    }

    /** The events that the bytes of a read(2) hold; throws {@link IllegalArgumentException} for bytes that are cut off. */
    public static List<InotifyEvent> parse(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<InotifyEvent> events = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (bytes.length - at < HEAD || bytes.length - at - HEAD < buffer.getInt(at + 12) || buffer.getInt(at + 12) < 0) {
                throw new IllegalArgumentException("an event is cut off at byte " + at + " of " + bytes.length);
            }
            int length = buffer.getInt(at + 12);
            events.add(new InotifyEvent(new WatchDescriptor(buffer.getInt(at)), new EventMask(buffer.getInt(at + 4)),
                    buffer.getInt(at + 8), name(bytes, at + HEAD, length)));
            at += HEAD + length;
        }
        return events;
    }

    private static UnixPath name(byte[] bytes, int start, int length) {
        int end = start;
        while (end < start + length && bytes[end] != 0) {
            end++;
        }
        return end == start ? NO_NAME : UnixPath.of(Arrays.copyOfRange(bytes, start, end));
    }

    /** The bytes that a program reads for {@code events}, which {@link #parse} takes. */
    public static byte[] encode(List<InotifyEvent> events) {
        int size = 0;
        for (int i = 0; i < events.size(); i++) {
            size += HEAD + events.get(i).paddedName();
        }
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < events.size(); i++) {
            InotifyEvent event = events.get(i);
            buffer.putInt(event.watch.number()).putInt(event.mask.bits()).putInt(event.cookie).putInt(event.paddedName());
            int next = buffer.position() + event.paddedName();
            buffer.put(event.name.bytes()).position(next);
        }
        return buffer.array();
    }

    /** The kernel ends a name with at least one NUL and fills up to the size of an event's head. */
    private int paddedName() {
        return name.length() == 0 ? 0 : (name.length() + HEAD) / HEAD * HEAD;
    }

    /** How many bytes it takes in a read. */
    public int size() {
        return HEAD + paddedName();
    }

    /** Whether it is the mark that events were lost. */
    public boolean isOverflow() {
        return mask.has(EventMask.OVERFLOW);
    }

    /** Whether it tells that the watch is gone. */
    public boolean isIgnored() {
        return mask.has(EventMask.IGNORED);
    }
}
