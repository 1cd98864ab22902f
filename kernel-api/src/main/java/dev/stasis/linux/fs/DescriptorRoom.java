package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.ProcessCalls;

/** Room for many descriptors in the table of this process. */
public final class DescriptorRoom {
    private static final int RLIMIT_NOFILE = 7;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private DescriptorRoom() {}

    /**
     * Makes room for descriptors up to number {@code count}, or as many as this process may have: raises RLIMIT_NOFILE where
     * it is lower (beyond the hard limit only with CAP_SYS_RESOURCE), and lets the kernel enlarge the table at once. A table
     * that grows by itself doubles again and again, and in a process with threads each time waits for an RCU grace period,
     * milliseconds long.
     */
    public static void reserve(int count) {
        if (raiseLimit(count)) {
            enlarge(count);
        }
    }

    private static void enlarge(int count) {
        try (Fd any = FileCalls.open(UnixPath.of("/"), OpenFlags.PATH, 0)) {
            Fd.own((int) check("fcntl F_DUPFD_CLOEXEC", any,
                    Syscalls.call3(SyscallNumber.FCNTL, any.number(), F_DUPFD_CLOEXEC, count - 1))).close();
        }
    }

    /** Whether there may be as many. */
    private static boolean raiseLimit(int count) {
        // Some more than asked for, in case others in this process open something meanwhile.
        long wanted = count + 64L;
        long[] limits = LimitCalls.limit(ProcessCalls.self(), RLIMIT_NOFILE);
        boolean softIsLow = Long.compareUnsigned(limits[0], wanted) < 0;
        if (softIsLow) {
            long hard = Long.compareUnsigned(limits[1], wanted) < 0 ? wanted : limits[1];
            try {
                LimitCalls.limit(ProcessCalls.self(), RLIMIT_NOFILE, wanted, hard);
            } catch (KernelException e) {
                if (!e.is(Errno.EPERM)) {
                    throw e;
                }
                LimitCalls.limit(ProcessCalls.self(), RLIMIT_NOFILE, limits[1], limits[1]);
                return count <= limits[1];
            }
        }
        return true;
    }
}
