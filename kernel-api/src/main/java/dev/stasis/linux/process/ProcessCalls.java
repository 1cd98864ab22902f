package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Calls on processes and threads, of this process and of others. Each throws {@link KernelException} when the kernel
 * refuses.
 */
public final class ProcessCalls {
    private static final int KCMP_FILE = 0;

    private ProcessCalls() {}

    /** This process. */
    public static Pid self() {
        return new Pid((int) Syscalls.call0(SyscallNumber.GETPID));
    }

    /** The thread that calls. */
    public static Pid selfThread() {
        return new Pid((int) Syscalls.call0(SyscallNumber.GETTID));
    }

    /** A descriptor for process {@code pid}; empty when there is no such process. @see pidfd_open(2) */
    public static Optional<Fd> tryPidfd(Pid pid) {
        long fd = Syscalls.call2(SyscallNumber.PIDFD_OPEN, pid.number(), 0);
        return fd == -Errno.ESRCH.number() ? Optional.empty() : Optional.of(Fd.own((int) check("pidfd_open", pid, fd)));
    }

    /** A descriptor for process {@code pid}. @see pidfd_open(2) */
    public static Fd pidfd(Pid pid) {
        return Fd.own((int) check("pidfd_open", pid, Syscalls.call2(SyscallNumber.PIDFD_OPEN, pid.number(), 0)));
    }

    /** Whether the process behind {@code pidfd} still exists, be it as a zombie. @see pidfd_send_signal(2) */
    public static boolean isAlive(Fd pidfd) {
        return Syscalls.call4(SyscallNumber.PIDFD_SEND_SIGNAL, pidfd.number(), 0, 0, 0) != -Errno.ESRCH.number();
    }

    /** A copy of descriptor {@code number} of the process behind {@code pidfd}: the same open file description. @see pidfd_getfd(2) */
    public static Fd fetch(Fd pidfd, RemoteFd wanted) {
        return Fd.own((int) check("pidfd_getfd", wanted,
                Syscalls.call3(SyscallNumber.PIDFD_GETFD, pidfd.number(), wanted.number(), 0)));
    }

    /**
     * Orders two descriptors by the open file description behind them: 0 when it is the same one, else less or greater
     * than 0 in an order that holds while both live. @see kcmp(2) KCMP_FILE
     */
    public static int compareFiles(RemoteFd one, RemoteFd other) {
        long order = check("kcmp", one, Syscalls.call5(SyscallNumber.KCMP, one.task().number(), other.task().number(),
                KCMP_FILE, one.number(), other.number()));
        return order == 0 ? 0 : order == 1 ? -1 : 1;
    }

    /** Whether two descriptors refer to one open file description; false too when one was closed. @see kcmp(2) KCMP_FILE */
    public static boolean isSameFile(RemoteFd one, RemoteFd other) {
        return Syscalls.call5(SyscallNumber.KCMP, one.task().number(), other.task().number(), KCMP_FILE, one.number(),
                other.number()) == 0;
    }

    /** What two tasks may have in common. @see kcmp(2) */
    public enum Shared {
        MEMORY(1),
        DESCRIPTORS(2),
        FILE_SYSTEM(3);

        private final int type;

        Shared(int type) {
            this.type = type;
        }
    }

    /**
     * Whether tasks {@code one} and {@code other} have {@code what} in common; false when one of them is gone, or is beyond
     * the caller's privileges. @see kcmp(2)
     */
    public static boolean share(Pid one, Pid other, Shared what) {
        OptionalInt order = compare(one, other, what);
        return order.isPresent() && order.getAsInt() == 0;
    }

    /**
     * Orders tasks {@code one} and {@code other} by what they have of {@code what}: 0 when it is the same object, else less or
     * greater than 0 in an order that holds while both live; empty when one of them is gone, or is beyond the caller's
     * privileges. @see kcmp(2)
     */
    public static OptionalInt compare(Pid one, Pid other, Shared what) {
        long order = Syscalls.call5(SyscallNumber.KCMP, one.number(), other.number(), what.type, 0, 0);
        if (order == -Errno.EPERM.number() || order == -Errno.ESRCH.number()) {
            return OptionalInt.empty();
        }
        check("kcmp", one, order);
        return OptionalInt.of(order == 0 ? 0 : order == 1 ? -1 : 1);
    }

    /** Sends signal {@code signal} to process {@code pid}; false when it is gone. @see kill(2) */
    public static boolean kill(Pid pid, int signal) {
        long result = Syscalls.call2(SyscallNumber.KILL, pid.number(), signal);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        check("kill", pid, result);
        return true;
    }

    /** Sends signal {@code signal} to thread {@code tid} of process {@code process}; false when it is gone. @see tgkill(2) */
    public static boolean killThread(Pid process, Pid tid, int signal) {
        long result = Syscalls.call3(SyscallNumber.TGKILL, process.number(), tid.number(), signal);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        check("tgkill", tid, result);
        return true;
    }

    /** The CPUs that thread {@code tid} may run on, one bit each, lowest first. @see sched_getaffinity(2) */
    public static byte[] affinity(Pid tid) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(1024);
        long length = check("sched_getaffinity", tid,
                Syscalls.call3(SyscallNumber.SCHED_GETAFFINITY, tid.number(), 1024, scratch.address(offset)));
        return scratch.memory().get(offset, (int) length);
    }

    /** Lets thread {@code tid} run on {@code cpus} only. @see sched_setaffinity(2) */
    public static void affinity(Pid tid, byte[] cpus) {
        Scratch scratch = Scratch.take();
        check("sched_setaffinity", tid,
                Syscalls.call3(SyscallNumber.SCHED_SETAFFINITY, tid.number(), cpus.length, scratch.bytes(cpus)));
    }

    /**
     * Waits until child {@code pid} of this process has ended, and takes its exit status: its pid is free afterwards. Empty
     * when there is no such child. @see wait4(2)
     */
    public static Optional<ChildExit> awaitChild(Pid pid) {
        while (true) {
            Scratch scratch = Scratch.take();
            int offset = scratch.reserve(Integer.BYTES);
            long result = Syscalls.call4(SyscallNumber.WAIT4, pid.number(), scratch.address(offset), 0, 0);
            if (result == -Errno.ECHILD.number()) {
                return Optional.empty();
            }
            if (result != -Errno.EINTR.number()) {
                check("wait4", pid, result);
                return Optional.of(new ChildExit(scratch.memory().getInt(offset)));
            }
        }
    }

    /** The process group of process {@code pid}; empty when it is led from another pid namespace. @see getpgid(2) */
    public static Optional<Pid> group(Pid pid) {
        return pidOf(check("getpgid", pid, Syscalls.call1(SyscallNumber.GETPGID, pid.number())));
    }

    /** The session of process {@code pid}; empty when it is led from another pid namespace. @see getsid(2) */
    public static Optional<Pid> session(Pid pid) {
        return pidOf(check("getsid", pid, Syscalls.call1(SyscallNumber.GETSID, pid.number())));
    }

    private static Optional<Pid> pidOf(long number) {
        return number == 0 ? Optional.empty() : Optional.of(new Pid((int) number));
    }

    /**
     * Whether orphans below this process become its children from now on; returns what was before.
     * @see prctl(2) PR_SET_CHILD_SUBREAPER
     */
    public static boolean adoptOrphans(boolean adopt) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Integer.BYTES);
        check("prctl PR_GET_CHILD_SUBREAPER", "self", Syscalls.call2(SyscallNumber.PRCTL, 37, scratch.address(offset)));
        boolean before = scratch.memory().getInt(offset) != 0;
        check("prctl PR_SET_CHILD_SUBREAPER", "self", Syscalls.call2(SyscallNumber.PRCTL, 36, adopt ? 1 : 0));
        return before;
    }
}
