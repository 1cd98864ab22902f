package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.time.Duration;
import java.util.Optional;

/**
 * Waiting for child processes that the JDK knows nothing of, by descriptors, so that a number used again is never mistaken.
 *
 * <p>Not for children of {@link ProcessBuilder}: the JDK waits for those itself. Each call throws {@link KernelException}
 * when the kernel refuses.
 */
public final class ChildCalls {
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WALL = 0x40000000;
    private static final int SIGINFO_SIZE = 128;
    private static final int POLLIN = 1;

    private ChildCalls() {}

    /** Waits up to {@code limit} until the process behind {@code pidfd} has ended; whether it has. @see poll(2) */
    public static boolean awaitEnd(Fd pidfd, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        NativeMemory entry = NativeMemory.allocate(8);
        while (true) {
            entry.putInt(0, pidfd.number()).putInt(4, POLLIN);
            long millis = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
            long result = Syscalls.call3(SyscallNumber.POLL, entry.address(), 1, millis);
            if (result != -Errno.EINTR.number()) {
                return check("poll", pidfd, result) > 0;
            }
        }
    }

    /**
     * Takes the exit status of the ended child behind {@code pidfd}, which frees its pid. Empty when it is no (longer a)
     * child of this process, or has not ended. @see waitid(2) P_PIDFD
     */
    public static Optional<ExitStatus> tryReap(Fd pidfd) {
        Scratch scratch = Scratch.take();
        int info = scratch.reserveCleared(SIGINFO_SIZE);
        long result = Syscalls.call5(SyscallNumber.WAITID, P_PIDFD, pidfd.number(), scratch.address(info),
                WEXITED | WNOHANG | WALL, 0);
        if (result == -Errno.ECHILD.number()) {
            return Optional.empty();
        }
        check("waitid", pidfd, result);
        int pid = scratch.memory().getInt(info + 16);
        return pid == 0 ? Optional.empty() : Optional.of(new ExitStatus(new Pid(pid),
                scratch.memory().getInt(info + 8), scratch.memory().getInt(info + 24)));
    }

    /**
     * How a child ended.
     *
     * @param pid which one
     * @param code CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3)
     * @param status the exit code, or the signal that killed it
     */
    public record ExitStatus(Pid pid, int code, int status) {
        private static final int CLD_EXITED = 1;

        /** Whether it ended by itself with exit code {@code wanted}. */
        public boolean exitedWith(int wanted) {
            return code == CLD_EXITED && status == wanted;
        }

        @Override
        public String toString() {
            return "process " + pid + (code == CLD_EXITED ? " exited with " : " was killed by signal ") + status;
        }
    }
}
