package dev.stasis.linux;

import dev.stasis.linux.internal.CallLoop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * System calls that a stopped task is to make one after the other, with one stop for all of them rather than one or two for each:
 * what {@link RemoteCalls#callAll} takes. Some ten calls make it worth while; a stop costs as much as dozens of calls.
 *
 * <p>It is put together first, then made once, then its calls are asked what came of them:
 * <pre>
 *     CallList list = new CallList();
 *     CallList.Call open = list.add("open", SyscallNumber.OPENAT, AT_FDCWD, path, O_RDONLY, 0); // path: bytes that end with 0
 *     list.add("fchdir", SyscallNumber.FCHDIR, open);
 *     list.add("close", SyscallNumber.CLOSE, open);
 *     calls.callAll(list);                          // throws what one of them failed with; the rest is not made then
 * </pre>
 *
 * <p>From one thread only.
 */
public final class CallList {
    private static final long NOT_MADE = Long.MIN_VALUE;
    private static final int ALIGNMENT = 16;

    /** One call of the list. When it fails those behind it are not made, unless it {@linkplain #mayFail may}. */
    public final class Call {
        private final String name;
        private final int number;
        private final Object[] arguments;
        /** Where it begins: with what fetches arguments that are not known before; and where the call itself stands, behind that. */
        private final int place;
        private final int placeOfCall;
        private boolean failureMatters = true;
        private long result = NOT_MADE;

        private Call(String name, int number, Object[] arguments, int place) {
            this.name = name;
            this.number = number;
            this.arguments = arguments;
            this.place = place;
            int fetched = 0;
            for (Object argument : arguments) {
                fetched += isFetched(argument) ? 1 : 0;
            }
            this.placeOfCall = place + fetched;
        }

        /** Has the next one follow if it fails, too. */
        public Call mayFail() {
            failureMatters = false;
            return this;
        }

        /** What to call it in messages. */
        public String name() {
            return name;
        }

        /** Whether it was made, whatever came of it. */
        public boolean isMade() {
            return result != NOT_MADE;
        }

        /** Whether it was made and succeeded. */
        public boolean isDone() {
            return result >= 0;
        }

        /** What it failed with; empty when it succeeded or was not made. */
        public Optional<Errno> error() {
            return result >= 0 || result == NOT_MADE ? Optional.empty() : Optional.of(new Errno((int) -result));
        }

        /** What it returned: a negative errno when it failed. Throws {@link IllegalStateException} when it was not made. */
        public long result() {
            if (result == NOT_MADE) {
                throw new IllegalStateException(name + " was not made");
            }
            return result;
        }

        private CallList list() {
            return CallList.this;
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private int places;
    private int lent;

    /**
     * Adds a call.
     *
     * @param name what to call it in messages
     * @param number which system call, see {@link SyscallNumber}
     * @param arguments at most six: numbers; descriptors and addresses of the task; {@code byte[]}, which stands for the address of a
     *     copy that the task has for the while; calls that were added before, or of a list that was made, which stand for what
     *     they returned
     */
    public Call add(String name, int number, Object... arguments) {
        if (arguments.length > CallLoop.MOST_ARGUMENTS) {
            throw new IllegalArgumentException("a system call has at most six arguments, not " + arguments.length);
        }
        Call call = new Call(name, number, arguments, places);
        for (Object argument : arguments) {
            lent += argument instanceof byte[] bytes ? aligned(bytes.length) : 0;
            if (isFetched(argument) && ((Call) argument).list() != this) {
                throw new IllegalArgumentException(name + " takes the result of a call in another list that was not made yet");
            }
        }
        places = call.placeOfCall + 1;
        calls.add(call);
        return call;
    }

    private static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private static boolean isFetched(Object argument) {
        return argument instanceof Call call && call.result == NOT_MADE;
    }

    /** Whether there is nothing to be made. */
    public boolean isEmpty() {
        return calls.isEmpty();
    }

    /** How many bytes of the task's memory it takes. */
    public int size() {
        return (places + 1) * CallLoop.STEP_SIZE + lent;
    }

    /** The one whose failure kept those behind it from being made; empty when all were made. */
    public Optional<Call> failed() {
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            if (call.failureMatters && call.result < 0 && call.result != NOT_MADE) {
                return Optional.of(call);
            }
        }
        return Optional.empty();
    }

    /** Throws what {@link #failed()} failed with, in task {@code task}. */
    public void requireDone(Pid task) {
        Optional<Call> failed = failed();
        if (failed.isPresent()) {
            throw new KernelException(failed.get().name, "in task " + task, failed.get().error().orElseThrow());
        }
    }

    /** For whoever has the task make the calls: the list as it has to stand in the task's memory at {@code at}, a multiple of 16. */
    public byte[] layOut(RemoteAddress at) {
        ByteBuffer memory = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        int free = (places + 1) * CallLoop.STEP_SIZE;
        for (int i = 0; i < calls.size(); i++) {
            free = write(calls.get(i), memory, at.value(), free);
        }
        memory.putLong(places * CallLoop.STEP_SIZE, CallLoop.END);
        return memory.array();
    }

    /** Returns where the bytes that the next call lends may stand. */
    private int write(Call call, ByteBuffer memory, long start, int free) {
        int at = call.placeOfCall * CallLoop.STEP_SIZE;
        int fetching = call.place * CallLoop.STEP_SIZE;
        int next = free;
        memory.putLong(at, call.number);
        for (int i = 0; i < call.arguments.length; i++) {
            Object argument = call.arguments[i];
            int slot = at + CallLoop.ARGUMENTS + i * Long.BYTES;
            if (argument instanceof byte[] bytes) {
                memory.putLong(slot, start + next);
                memory.put(next, bytes);
                next += aligned(bytes.length);
            } else if (isFetched(argument)) {
                fetch((Call) argument, memory, start, fetching, slot);
                fetching += CallLoop.STEP_SIZE;
            } else {
                memory.putLong(slot, known(argument));
            }
        }
        memory.putLong(at + CallLoop.RESULT, NOT_MADE).putLong(at + CallLoop.IF_DONE, CallLoop.STEP_SIZE);
        memory.putLong(at + CallLoop.IF_FAILED, call.failureMatters ? places * CallLoop.STEP_SIZE - at : CallLoop.STEP_SIZE);
        return next;
    }

    private static long known(Object argument) {
        if (argument instanceof Call made) {
            return made.result;
        }
        if (argument instanceof RemoteAddress address) {
            return address.value();
        }
        return argument instanceof RemoteFd descriptor ? descriptor.number() : ((Number) argument).longValue();
    }

    private static void fetch(Call earlier, ByteBuffer memory, long start, int at, int slot) {
        memory.putLong(at, CallLoop.COPY);
        memory.putLong(at + CallLoop.ARGUMENTS, start + (long) earlier.placeOfCall * CallLoop.STEP_SIZE + CallLoop.RESULT);
        memory.putLong(at + CallLoop.ARGUMENTS + Long.BYTES, start + slot);
        memory.putLong(at + CallLoop.IF_DONE, CallLoop.STEP_SIZE);
    }

    /** For whoever had the task make the calls: how many bytes of {@link #layOut}, from the first on, have the results. */
    public int resultSize() {
        return places * CallLoop.STEP_SIZE;
    }

    /** For whoever had the task make the calls: takes the results out of the first {@link #resultSize} bytes as they are then. */
    public void takeResults(byte[] memory) {
        ByteBuffer made = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            call.result = made.getLong(call.placeOfCall * CallLoop.STEP_SIZE + CallLoop.RESULT);
        }
    }

    /** For whoever cannot do better: makes them one by one, each with a stop of its own, up to a failure that matters. */
    public void makeEach(RemoteCalls task) {
        boolean goesOn = true;
        for (int i = 0; i < calls.size() && goesOn; i++) {
            Call call = calls.get(i);
            long[] known = new long[call.arguments.length];
            for (int j = 0; j < known.length; j++) {
                known[j] = call.arguments[j] instanceof byte[] bytes ? task.lend(bytes).value() : known(call.arguments[j]);
            }
            call.result = task.tryCall(call.number, known);
            goesOn = call.isDone() || !call.failureMatters;
        }
    }
}
