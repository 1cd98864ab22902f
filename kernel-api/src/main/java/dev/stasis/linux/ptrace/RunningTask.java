package dev.stasis.linux.ptrace;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * A traced thread while it runs: all that can be done with it is to interrupt it and to wait until it stops.
 *
 * <p>Every call on a traced thread must come from the one OS thread that attached to it. When that thread or its process
 * ends, the kernel detaches.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a>
 */
public final class RunningTask {
    public static final int OPTION_SYSGOOD = 1;
    public static final int OPTION_FORK = 2;
    public static final int OPTION_VFORK = 4;
    public static final int OPTION_CLONE = 8;
    public static final int OPTION_EXEC = 0x10;
    public static final int OPTION_EXITKILL = 0x100000;
    public static final int OPTION_SUSPEND_SECCOMP = 0x200000;

    private static final int WNOHANG = 1;
    private static final int WAIT_ALL_OF_THIS_THREAD = 0x60000000;

    private final Pid tid;

    private RunningTask(Pid tid) {
        this.tid = tid;
    }

    /** Attaches to thread {@code tid} without stopping it; throws EPERM when it is already traced, ESRCH when gone. */
    public static RunningTask seize(Pid tid, int options) {
        check("ptrace PTRACE_SEIZE", tid, Ptrace.request(Ptrace.SEIZE, tid, 0, options));
        return new RunningTask(tid);
    }

    /** The thread {@code tid} to which the kernel attached by itself, because its parent is traced with a clone option. */
    public static RunningTask attached(Pid tid) {
        return new RunningTask(tid);
    }

    /** The thread. */
    public Pid tid() {
        return tid;
    }

    /** Asks it to stop, which {@link #await} then reports; nothing happens when it is gone. */
    public void interrupt() {
        long result = Ptrace.request(Ptrace.INTERRUPT, tid, 0, 0);
        if (result != -Errno.ESRCH.number()) {
            check("ptrace PTRACE_INTERRUPT", tid, result);
        }
    }

    /** Waits for as long as it takes until the thread stops or is gone. */
    public Stop await() {
        while (true) {
            Optional<Stop> stop = wait(0);
            if (stop.isPresent()) {
                return stop.get();
            }
        }
    }

    /** How the thread stopped, or empty when it still runs. */
    public Optional<Stop> poll() {
        return wait(WNOHANG);
    }

    private Optional<Stop> wait(int flags) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Integer.BYTES);
        long result = Syscalls.call4(SyscallNumber.WAIT4, tid.number(), scratch.address(offset),
                flags | WAIT_ALL_OF_THIS_THREAD, 0);
        if (result == -Errno.ECHILD.number()) {
            return Optional.of(new Stop.Gone(new WaitStatus(9)));
        }
        if (result == 0 || result == -Errno.EINTR.number()) {
            return Optional.empty();
        }
        check("wait4", tid, result);
        return Optional.of(decode(new WaitStatus(scratch.memory().getInt(offset))));
    }

    private Stop decode(WaitStatus status) {
        if (!status.isStop()) {
            return new Stop.Gone(status);
        }
        StoppedTask stopped = new StoppedTask(tid);
        if (status.event() != 0) {
            return new Stop.AtEvent(stopped, status.event(), status.stopSignal());
        }
        if (status.stopSignal() == (5 | 0x80)) {
            return new Stop.AtSyscall(stopped);
        }
        return new Stop.AtSignal(stopped, status.stopSignal());
    }

    @Override
    public String toString() {
        return "running task " + tid;
    }
}
