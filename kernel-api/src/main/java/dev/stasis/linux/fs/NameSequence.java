package dev.stasis.linux.fs;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.UnbrokenCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls on names that are made one after the other and to the last of them, even when this process is killed (SIGKILL)
 * meanwhile: for names that must not stay. Each call says which one follows, if it fails and if it does not.
 *
 * <p>It is put together first, then {@linkplain #run run} once, then asked what came of it. From one thread at a time;
 * descriptors are borrowed until it was run.
 */
public final class NameSequence {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int RENAME_NOREPLACE = 1;
    private static final int RENAME_EXCHANGE = 2;
    private static final int LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW).with(OpenFlags.CLOEXEC).bits();
    private static final long NOT_MADE = Long.MIN_VALUE;

    /** One call of the sequence. Unless it is told otherwise the next one in order follows it, and none if it fails. */
    public static final class Step {
        private final String call;
        private final UnixPath subject;
        private final Object[] words;
        private Step ifDone;
        private Step ifFailed;
        private boolean failureMatters = true;
        private int place;
        private long result = NOT_MADE;

        private Step(String call, UnixPath subject, Object... words) {
            this.call = call;
            this.subject = subject;
            this.words = words;
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

        /** The descriptor that it opened, which the caller owns from now on. */
        public Fd descriptor() {
            return Fd.own((int) result);
        }
    }

    private final List<Step> steps = new ArrayList<>();

    private Step add(Step step) {
        step.place = steps.size();
        steps.add(step);
        return step;
    }

    /** Gives {@code file} one more name. @see linkat(2) with AT_EMPTY_PATH */
    public Step link(Fd file, Fd directory, UnixPath name) {
        return add(new Step("linkat", name, SyscallNumber.LINKAT, file, UnixPath.of(""), directory, name, AT_EMPTY_PATH));
    }

    /** Gives what is called {@code old} one more name. @see linkat(2) */
    public Step link(Fd oldDirectory, UnixPath old, Fd directory, UnixPath name) {
        return add(new Step("linkat", name, SyscallNumber.LINKAT, oldDirectory, old, directory, name, 0));
    }

    /** Makes a node. @see mknodat(2) */
    public Step node(Fd directory, UnixPath name, int mode, DeviceNumber device) {
        return add(new Step("mknodat", name, SyscallNumber.MKNODAT, directory, name, mode, device.userEncoding()));
    }

    /** Makes a directory. @see mkdirat(2) */
    public Step directory(Fd directory, UnixPath name, int mode) {
        return add(new Step("mkdirat", name, SyscallNumber.MKDIRAT, directory, name, mode));
    }

    /** Makes a symbolic link to {@code target}. @see symlinkat(2) */
    public Step symbolicLink(UnixPath target, Fd directory, UnixPath name) {
        return add(new Step("symlinkat", name, SyscallNumber.SYMLINKAT, target, directory, name));
    }

    /** Opens what has the name by O_PATH, a symbolic link itself. @see openat(2) */
    public Step find(Fd directory, UnixPath name) {
        return add(new Step("openat", name, SyscallNumber.OPENAT, directory, name, LOOK, 0));
    }

    /** Takes a name away from what is no directory. @see unlinkat(2) */
    public Step unlink(Fd directory, UnixPath name) {
        return add(new Step("unlinkat", name, SyscallNumber.UNLINKAT, directory, name, 0));
    }

    /** Removes an empty directory. @see unlinkat(2) with AT_REMOVEDIR */
    public Step removeDirectory(Fd directory, UnixPath name) {
        return add(new Step("unlinkat", name, SyscallNumber.UNLINKAT, directory, name, AT_REMOVEDIR));
    }

    /** Renames, over what has the new name. @see renameat2(2) */
    public Step rename(Fd directory, UnixPath from, UnixPath to) {
        return add(new Step("renameat2", to, SyscallNumber.RENAMEAT2, directory, from, directory, to, 0));
    }

    /** Renames, unless something has the new name. @see renameat2(2) with RENAME_NOREPLACE */
    public Step renameToFree(Fd directory, UnixPath from, UnixPath to) {
        return add(new Step("renameat2", to, SyscallNumber.RENAMEAT2, directory, from, directory, to, RENAME_NOREPLACE));
    }

    /** Lets two names change places. @see renameat2(2) with RENAME_EXCHANGE */
    public Step exchange(Fd directory, UnixPath one, UnixPath other) {
        return add(new Step("renameat2", other, SyscallNumber.RENAMEAT2, directory, one, directory, other, RENAME_EXCHANGE));
    }

    /** Does nothing: a place to go on at. */
    public Step mark() {
        return add(new Step("getpid", UnixPath.of(""), SyscallNumber.GETPID));
    }

    /** Ends the sequence. */
    public Step stop() {
        return add(new Step("end", UnixPath.of(""), -1));
    }

    /** Makes the calls. Once. */
    public void run() {
        stop();
        int text = UnbrokenCalls.STEPS + steps.size() * UnbrokenCalls.STEP_SIZE;
        NativeMemory memory = NativeMemory.allocate(text + textLength());
        for (int i = 0; i < steps.size(); i++) {
            text = write(steps.get(i), memory, text);
        }
        UnbrokenCalls.run(memory);
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).result = memory.getLong(at(i) + UnbrokenCalls.RESULT);
        }
    }

    private static int at(int step) {
        return UnbrokenCalls.STEPS + step * UnbrokenCalls.STEP_SIZE;
    }

    private int textLength() {
        int length = 0;
        for (int i = 0; i < steps.size(); i++) {
            for (Object word : steps.get(i).words) {
                length += word instanceof UnixPath path ? path.length() + 1 : 0;
            }
        }
        return length;
    }

    /** Returns where the text of the next step may start. */
    private int write(Step step, NativeMemory memory, int text) {
        int at = at(step.place);
        int free = text;
        for (int i = 0; i < step.words.length; i++) {
            Object word = step.words[i];
            if (word instanceof UnixPath path) {
                memory.put(free, path.bytes());
                memory.putLong(at + Long.BYTES * i, memory.address() + free);
                free += path.length() + 1;
            } else {
                memory.putLong(at + Long.BYTES * i, word instanceof Fd fd ? fd.number() : ((Number) word).longValue());
            }
        }
        int last = steps.size() - 1;
        memory.putLong(at + UnbrokenCalls.RESULT, NOT_MADE);
        memory.putLong(at + UnbrokenCalls.IF_DONE, distance(step, step.ifDone == null ? step.place + 1 : step.ifDone.place));
        int failed = step.ifFailed != null ? step.ifFailed.place : step.failureMatters ? last : step.place + 1;
        memory.putLong(at + UnbrokenCalls.IF_FAILED, distance(step, failed));
        return free;
    }

    private static long distance(Step from, int to) {
        return (long) (to - from.place) * UnbrokenCalls.STEP_SIZE;
    }
}
