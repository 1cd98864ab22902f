package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/** Calls on resource limits. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. */
public final class LimitCalls {
    /** How many resources have a limit: RLIMIT_CPU (0) to RLIMIT_RTTIME (15). */
    public static final int RESOURCES = 16;

    private LimitCalls() {}

    /** The soft and the hard limit of {@code resource} for process {@code pid}, -1 for none. @see prlimit(2) */
    public static long[] limit(Pid pid, int resource) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(16);
        check("prlimit", pid,
                Syscalls.call4(SyscallNumber.PRLIMIT64, pid.number(), resource, 0, scratch.address(offset)));
        return new long[] {scratch.memory().getLong(offset), scratch.memory().getLong(offset + 8)};
    }

    /** Like {@link #limit}, but empty when this process may not know (EPERM): another user's needs CAP_SYS_RESOURCE. */
    public static Optional<long[]> tryLimit(Pid pid, int resource) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(16);
        long result = Syscalls.call4(SyscallNumber.PRLIMIT64, pid.number(), resource, 0, scratch.address(offset));
        if (result == -Errno.EPERM.number()) {
            return Optional.empty();
        }
        check("prlimit", pid, result);
        return Optional.of(new long[] {scratch.memory().getLong(offset), scratch.memory().getLong(offset + 8)});
    }

    /** Sets both limits of {@code resource} for process {@code pid}, -1 for none. @see prlimit(2) */
    public static void limit(Pid pid, int resource, long soft, long hard) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(16);
        scratch.memory().putLong(offset, soft).putLong(offset + 8, hard);
        check("prlimit", pid,
                Syscalls.call4(SyscallNumber.PRLIMIT64, pid.number(), resource, scratch.address(offset), 0));
    }
}
