package dev.stasis.linux.fs;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;

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
    private static final int READ = OpenFlags.RDONLY.with(OpenFlags.NOFOLLOW).with(OpenFlags.NONBLOCK).with(OpenFlags.CLOEXEC).bits();

    /** One call of the sequence. Unless it is told otherwise the next one in order follows it, and none if it fails. */
    public static final class Step {
        private final CallSequence.Step call;

        private Step(CallSequence.Step call) {
            this.call = call;
        }

        /** Has {@code step}, which stands behind it, follow if it does not fail. */
        public Step then(Step step) {
            call.then(step.call);
            return this;
        }

        /** Has {@code step}, which stands behind it, follow if it fails. */
        public Step onFailure(Step step) {
            call.onFailure(step.call);
            return this;
        }

        /** Has the next one in order follow if it fails, too. */
        public Step whatever() {
            call.whatever();
            return this;
        }

        /** Whether it was made and succeeded. */
        public boolean isDone() {
            return call.isDone();
        }

        /** Whether it was made and failed with {@code error}. */
        public boolean failedWith(Errno error) {
            return call.failedWith(error);
        }

        /** What it failed with; null when it succeeded or was not made. */
        public KernelException failure() {
            return call.failure();
        }

        /** The descriptor that it opened, which the caller owns from now on. */
        public Fd descriptor() {
            return Fd.own((int) call.result());
        }
    }

    private final CallSequence calls = new CallSequence();

    private Step add(String call, UnixPath name, int number, Object... arguments) {
        return new Step(calls.call(call, name, number, arguments));
    }

    /** Gives {@code file} one more name. @see linkat(2) with AT_EMPTY_PATH */
    public Step link(Fd file, Fd directory, UnixPath name) {
        return add("linkat", name, SyscallNumber.LINKAT, file, UnixPath.of(""), directory, name, AT_EMPTY_PATH);
    }

    /** Gives what is called {@code old} one more name. @see linkat(2) */
    public Step link(Fd oldDirectory, UnixPath old, Fd directory, UnixPath name) {
        return add("linkat", name, SyscallNumber.LINKAT, oldDirectory, old, directory, name, 0);
    }

    /** Makes a node. @see mknodat(2) */
    public Step node(Fd directory, UnixPath name, int mode, DeviceNumber device) {
        return add("mknodat", name, SyscallNumber.MKNODAT, directory, name, mode, device.userEncoding());
    }

    /** Makes a directory. @see mkdirat(2) */
    public Step directory(Fd directory, UnixPath name, int mode) {
        return add("mkdirat", name, SyscallNumber.MKDIRAT, directory, name, mode);
    }

    /** Makes a symbolic link to {@code target}. @see symlinkat(2) */
    public Step symbolicLink(UnixPath target, Fd directory, UnixPath name) {
        return add("symlinkat", name, SyscallNumber.SYMLINKAT, target, directory, name);
    }

    /** Opens what has the name by O_PATH, a symbolic link itself. @see openat(2) */
    public Step find(Fd directory, UnixPath name) {
        return add("openat", name, SyscallNumber.OPENAT, directory, name, LOOK, 0);
    }

    /**
     * Opens what has the name for reading: as much is needed to keep a file from going with its name where the file system learns
     * of those who have it open and not of O_PATH (FUSE).
     *
     * @see openat(2)
     */
    public Step open(Fd directory, UnixPath name) {
        return add("openat", name, SyscallNumber.OPENAT, directory, name, READ, 0);
    }

    /** Takes a name away from what is no directory. @see unlinkat(2) */
    public Step unlink(Fd directory, UnixPath name) {
        return add("unlinkat", name, SyscallNumber.UNLINKAT, directory, name, 0);
    }

    /** Removes an empty directory. @see unlinkat(2) with AT_REMOVEDIR */
    public Step removeDirectory(Fd directory, UnixPath name) {
        return add("unlinkat", name, SyscallNumber.UNLINKAT, directory, name, AT_REMOVEDIR);
    }

    /** Renames, over what has the new name. @see renameat2(2) */
    public Step rename(Fd directory, UnixPath from, UnixPath to) {
        return add("renameat2", to, SyscallNumber.RENAMEAT2, directory, from, directory, to, 0);
    }

    /** Renames, unless something has the new name. @see renameat2(2) with RENAME_NOREPLACE */
    public Step renameToFree(Fd directory, UnixPath from, UnixPath to) {
        return add("renameat2", to, SyscallNumber.RENAMEAT2, directory, from, directory, to, RENAME_NOREPLACE);
    }

    /** Lets two names change places. @see renameat2(2) with RENAME_EXCHANGE */
    public Step exchange(Fd directory, UnixPath one, UnixPath other) {
        return add("renameat2", other, SyscallNumber.RENAMEAT2, directory, one, directory, other, RENAME_EXCHANGE);
    }

    /** Does nothing: a place to go on at. */
    public Step mark() {
        return new Step(calls.mark());
    }

    /** Ends the sequence. */
    public Step stop() {
        return new Step(calls.stop());
    }

    /** Makes the calls. Once. */
    public void run() {
        calls.run();
    }
}
