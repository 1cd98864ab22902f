package dev.stasis.linux;

import dev.stasis.linux.internal.CallLoop;
import dev.stasis.linux.internal.UnbrokenCalls;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * System calls that are made one after the other and to the last of them, even when this process is killed (SIGKILL) meanwhile:
 * for what must not be left half done, such as taking something and putting it back. Each call says which one follows, if it
 * fails and if it does not. Only who kills the whole control group, or the machine, breaks it.
 *
 * <p>It is put together first, then {@linkplain #run run} once, then asked what came of it. From one thread at a time;
 * descriptors and memory are borrowed until it was run.
 */
public final class CallSequence {
    private static final long NOT_MADE = Long.MIN_VALUE;

    /** One call of the sequence. Unless it is told otherwise the next one in order follows it, and none if it fails. */
    public static final class Step {
        private final String call;
        private final Object subject;
        private final int number;
        private final Object[] arguments;
        private Step ifDone;
        private Step ifFailed;
        private boolean failureMatters = true;
        private int order;
        /** Where it begins: with what fetches arguments that are not known before. */
        private int place;
        private long result = NOT_MADE;

        private Step(String call, Object subject, int number, Object... arguments) {
            this.call = call;
            this.subject = subject;
            this.number = number;
            this.arguments = arguments;
        }

        /** Has {@code step}, which stands behind it, follow if it does not fail. */
        public Step then(Step step) {
            ifDone = step;
            return this;
        }

        /** Has {@code step}, which stands behind it, follow if it fails. */
        public Step onFailure(Step step) {
            ifFailed = step;
            return this;
        }

        /** Has the next one in order follow if it fails, too. */
        public Step whatever() {
            failureMatters = false;
            return this;
        }

        /** Whether it was made and succeeded. */
        public boolean isDone() {
            return result >= 0;
        }

        /** Whether it was made and failed with {@code error}. */
        public boolean failedWith(Errno error) {
            return result == -error.number();
        }

        /** What it failed with; null when it succeeded or was not made. */
        public KernelException failure() {
            return result < 0 && result != NOT_MADE ? new KernelException(call, subject, new Errno((int) -result)) : null;
        }

        /** What it returned; throws what it failed with. */
        public long result() {
            if (result == NOT_MADE) {
                throw new IllegalStateException(call + " was not made");
            }
            if (result < 0) {
                throw failure();
            }
            return result;
        }

        private int places() {
            int fetched = 0;
            for (Object argument : arguments) {
                fetched += isFetched(argument) ? 1 : 0;
            }
            return fetched + 1;
        }

        private int placeOfCall() {
            return place + places() - 1;
        }
    }

    /** What an earlier step will have made the kernel write to {@code offset} of {@code memory}: eight bytes, little-endian. */
    public record Stored(NativeMemory memory, int offset) {}

    private final List<Step> steps = new ArrayList<>();

    /**
     * Adds a call.
     *
     * @param name what to call it in messages
     * @param subject what it is about
     * @param number which system call, see {@link SyscallNumber}
     * @param arguments numbers; descriptors; memory, which stands for its address; paths; steps that stand before it, which stand
     *     for what they returned; {@link Stored} values. At most six
     */
    public Step call(String name, Object subject, int number, Object... arguments) {
        if (arguments.length > CallLoop.MOST_ARGUMENTS) {
            throw new IllegalArgumentException("a system call has at most six arguments, not " + arguments.length);
        }
        return add(new Step(name, subject, number, arguments));
    }

    /** Does nothing: a place to go on at. */
    public Step mark() {
        return call("getpid", "", SyscallNumber.GETPID);
    }

    /** Ends the sequence. */
    public Step stop() {
        return call("end", "", (int) CallLoop.END);
    }

    private Step add(Step step) {
        step.order = steps.size();
        step.place = step.order == 0 ? 0 : steps.get(step.order - 1).placeOfCall() + 1;
        steps.add(step);
        return step;
    }

    private static boolean isFetched(Object argument) {
        return argument instanceof Step || argument instanceof Stored;
    }

    /** Makes the calls. Once. */
    public void run() {
        run(0);
    }

    /**
     * Makes the calls in a process that has the number {@code pid} and ends with them: for what the kernel keeps that number with.
     * Once. Throws {@link KernelException} with EEXIST when the number is in use. Needs CAP_CHECKPOINT_RESTORE. @see clone3(2) set_tid
     */
    public void runAs(Pid pid) {
        run(pid.number());
    }

    private void run(int pid) {
        Step end = stop();
        int text = at(end.placeOfCall() + 1);
        NativeMemory memory = NativeMemory.allocate(text + textLength());
        for (int i = 0; i < steps.size(); i++) {
            text = write(steps.get(i), memory, text);
        }
        UnbrokenCalls.run(memory, pid);
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).result = memory.getLong(at(steps.get(i).placeOfCall()) + CallLoop.RESULT);
            Reference.reachabilityFence(steps.get(i).arguments);
        }
    }

    private static int at(int place) {
        return UnbrokenCalls.STEPS + place * CallLoop.STEP_SIZE;
    }

    private int textLength() {
        int length = 0;
        for (int i = 0; i < steps.size(); i++) {
            for (Object argument : steps.get(i).arguments) {
                length += argument instanceof UnixPath path ? path.length() + 1 : 0;
            }
        }
        return length;
    }

    /** Returns where the text of the next step may start. */
    private int write(Step step, NativeMemory memory, int text) {
        int at = at(step.placeOfCall());
        int fetching = at(step.place);
        int free = text;
        memory.putLong(at, step.number);
        for (int i = 0; i < step.arguments.length; i++) {
            Object argument = step.arguments[i];
            int slot = at + Long.BYTES * (i + 1);
            if (argument instanceof UnixPath path) {
                memory.put(free, path.bytes());
                memory.putLong(slot, memory.address() + free);
                free += path.length() + 1;
            } else if (isFetched(argument)) {
                fetch(argument, memory, fetching, slot);
                fetching += CallLoop.STEP_SIZE;
            } else {
                memory.putLong(slot, value(argument));
            }
        }
        follow(step, memory, at);
        return free;
    }

    private static long value(Object argument) {
        if (argument instanceof Fd fd) {
            return fd.number();
        }
        return argument instanceof NativeMemory lent ? lent.address() : ((Number) argument).longValue();
    }

    private static void fetch(Object argument, NativeMemory memory, int at, int slot) {
        long from = argument instanceof Step earlier ? memory.address() + at(earlier.placeOfCall()) + CallLoop.RESULT
                : ((Stored) argument).memory().address() + ((Stored) argument).offset();
        memory.putLong(at, CallLoop.COPY).putLong(at + Long.BYTES, from).putLong(at + 2 * Long.BYTES, memory.address() + slot);
        memory.putLong(at + CallLoop.IF_DONE, CallLoop.STEP_SIZE);
    }

    private void follow(Step step, NativeMemory memory, int at) {
        int next = step.placeOfCall() + 1;
        int last = steps.get(steps.size() - 1).place;
        memory.putLong(at + CallLoop.RESULT, NOT_MADE);
        memory.putLong(at + CallLoop.IF_DONE, distance(step, step.ifDone == null ? next : step.ifDone.place));
        int failed = step.ifFailed != null ? step.ifFailed.place : step.failureMatters ? last : next;
        memory.putLong(at + CallLoop.IF_FAILED, distance(step, failed));
    }

    private static long distance(Step from, int to) {
        return (long) (to - from.placeOfCall()) * CallLoop.STEP_SIZE;
    }
}
