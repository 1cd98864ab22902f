package dev.stasis.linux;

import dev.stasis.linux.internal.CallLoop;
import dev.stasis.linux.internal.OwnCalls;

/**
 * System calls that the calling thread makes one after the other without coming back to Java in between: thousands of small ones
 * take then what the kernel takes for them, whether the JVM has been running for long or has just been started.
 *
 * <p>Calls are added, then all are made, then it is asked what came of them, and then, {@linkplain #clear cleared}, the batch takes
 * others:
 * <pre>
 *     CallBatch batch = new CallBatch(1000, 1 &lt;&lt; 16);
 *     int open = batch.add("open", SyscallNumber.OPENAT, AT_FDCWD, batch.lend(path), O_RDONLY);
 *     batch.pass(open, 0);                                       // the first argument of the next one is what open returns
 *     int changed = batch.add("fchmod", SyscallNumber.FCHMOD, 0, 0600);
 *     batch.run();                                               // throws what one of them failed with; the rest is not made then
 * </pre>
 *
 * <p>What runs long or sleeps does not belong here: nothing interrupts a batch. From one thread at a time; descriptors and memory
 * are borrowed until the calls were made.
 */
public final class CallBatch {
    private static final long NOT_MADE = Long.MIN_VALUE;
    private static final int ALIGNMENT = 8;
    /** One behind the calls, and one for when one fails. */
    private static final int ENDS = 2;
    // In longs, as a step has them.
    private static final int STEP = CallLoop.STEP_SIZE / Long.BYTES;
    private static final int ARGUMENTS = CallLoop.ARGUMENTS / Long.BYTES;
    private static final int RESULT = CallLoop.RESULT / Long.BYTES;
    private static final int IF_FAILED = CallLoop.IF_FAILED / Long.BYTES;
    private static final int IF_DONE = CallLoop.IF_DONE / Long.BYTES;

    /** The steps are put together here and copied there at once: stores into an array are cheap in a JVM of any age. */
    private final long[] steps;
    private final byte[] lent;
    private final NativeMemory memory;
    private final String[] names;
    private final int room;
    private int places;
    private int lentLength;

    /** Will take {@code calls} calls, each {@link #pass} counting as one, and {@code bytes} bytes that are lent to them. */
    public CallBatch(int calls, int bytes) {
        room = calls;
        names = new String[calls];
        steps = new long[(calls + ENDS) * STEP];
        lent = new byte[bytes];
        memory = NativeMemory.allocate(steps.length * Long.BYTES + bytes);
        steps[(calls + 1) * STEP] = CallLoop.END;
    }

    /** Forgets all calls and takes back what was lent. */
    public void clear() {
        places = 0;
        lentLength = 0;
    }

    /** Whether there is room for {@code calls} more, and for {@code things} that are lent to them and have {@code bytes} bytes in all. */
    public boolean hasRoomFor(int calls, int things, int bytes) {
        return places + calls <= room && bytes + things * ALIGNMENT <= lent.length - lentLength;
    }

    /** How many calls were added: the place of the next one. */
    public int size() {
        return places;
    }

    /** Adds system call {@code number} (see {@link SyscallNumber}), {@code name} in messages, and returns its place. */
    public int add(String name, int number, long first, long second) {
        return add(name, number, first, second, 0, 0, 0);
    }

    /** The same with three arguments. */
    public int add(String name, int number, long first, long second, long third) {
        return add(name, number, first, second, third, 0, 0);
    }

    /** The same with five arguments, of which the kernel ignores those that the call does not have. */
    public int add(String name, long number, long first, long second, long third, long fourth, long fifth) {
        if (places == room) {
            throw new IllegalStateException("the batch is full: " + room + " calls");
        }
        names[places] = name;
        int at = places * STEP;
        steps[at] = number;
        steps[at + ARGUMENTS] = first;
        steps[at + ARGUMENTS + 1] = second;
        steps[at + ARGUMENTS + 2] = third;
        steps[at + ARGUMENTS + 3] = fourth;
        steps[at + ARGUMENTS + 4] = fifth;
        steps[at + RESULT] = NOT_MADE;
        steps[at + IF_FAILED] = toFailure(places);
        steps[at + IF_DONE] = CallLoop.STEP_SIZE;
        return places++;
    }

    private long toFailure(int place) {
        return (long) (room + 1 - place) * CallLoop.STEP_SIZE;
    }

    /** Has the call that is added next take what the one at {@code place} returned as its argument {@code argument}, from 0. */
    public void pass(int place, int argument) {
        add("", CallLoop.COPY, address(place * STEP + RESULT), address((places + 1) * STEP + ARGUMENTS + argument), 0, 0, 0);
    }

    private long address(int index) {
        return memory.address() + (long) index * Long.BYTES;
    }

    /** Has the batch go on when the call at {@code place} fails, {@code skipped} places behind the next one. */
    public void mayFail(int place, int skipped) {
        steps[place * STEP + IF_FAILED] = (long) (1 + skipped) * CallLoop.STEP_SIZE;
    }

    /** The address, until the batch is cleared, of a copy of {@code bytes}. */
    public long lend(byte[] bytes) {
        int at = reserve(bytes.length);
        System.arraycopy(bytes, 0, lent, at, bytes.length);
        return address(steps.length) + at;
    }

    /** The address, until the batch is cleared, of {@code path} as the kernel takes it: with a NUL behind it. */
    public long lend(UnixPath path) {
        int at = reserve(path.length() + 1);
        path.copyTo(lent, at);
        return address(steps.length) + at;
    }

    private int reserve(int length) {
        int at = lentLength;
        if (length > lent.length - at) {
            throw new IllegalStateException("the batch has no room for " + length + " bytes more");
        }
        lentLength = Math.min((at + length + ALIGNMENT - 1) & -ALIGNMENT, lent.length);
        return at;
    }

    /** Makes all calls; throws what one failed with that may not. */
    public void run() {
        if (!tryRun()) {
            int failed = failed();
            throw new KernelException(names[failed], "this process", new Errno((int) -result(failed)));
        }
    }

    /** Makes all calls; whether none failed that may not. If one did, those behind {@link #failed()} were not made. */
    public boolean tryRun() {
        if (places == 0) {
            return true;
        }
        int end = places * STEP;
        steps[end] = CallLoop.END;
        memory.put(0, steps, 0, end + 1);
        memory.put((room + 1) * CallLoop.STEP_SIZE, steps, (room + 1) * STEP, 1);
        memory.put(steps.length * Long.BYTES, lent, 0, lentLength);
        int reached = OwnCalls.run(memory);
        memory.get(0, steps, 0, end);
        return reached == end * Long.BYTES;
    }

    /** The place of the call that ended the batch by failing. */
    public int failed() {
        for (int i = 0; i < places; i++) {
            if (result(i) < 0 && result(i) != NOT_MADE && steps[i * STEP + IF_FAILED] == toFailure(i)) {
                return i;
            }
        }
        throw new IllegalStateException("no call has failed");
    }

    /** What the call at {@code place} returned: a negative errno when it failed. Only for what was made. */
    public long result(int place) {
        return steps[place * STEP + RESULT];
    }
}
