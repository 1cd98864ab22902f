package dev.stasis.host.task.freeze;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;

/**
 * What becomes of a system call that the freeze interrupted. The kernel restarts by itself those that left ERESTARTSYS,
 * ERESTARTNOINTR or ERESTARTNOHAND in rax. It does not those that give up with EINTR at once, and those that keep their rest
 * in the kernel (ERESTART_RESTARTBLOCK) only as long as the task lives. Both are promoted to ERESTARTNOHAND: made again with
 * the same arguments, and still EINTR where a signal handler comes first. Pure.
 */
public final class RestartTable {
    private static final long EINTR = -4;
    private static final long RESTART_NO_HANDLER = -514;
    private static final long RESTART_BLOCK = -516;

    private RestartTable() {}

    /**
     * For a task that goes on: calls that would return EINTR by the mere stop are made again, their timeout from the start.
     * Calls whose rest the kernel keeps are left to it, which is exact.
     */
    public static Registers forRelease(Registers registers) {
        boolean promote = isInCall(registers) && registers.get(Name.RAX) == EINTR && gaveUpAtOnce((int) registers.get(Name.ORIG_RAX));
        return promote ? registers.with(Name.RAX, RESTART_NO_HANDLER) : registers;
    }

    /**
     * For an image: the kernel of a restored task keeps no rest of any call, so a call with a timeout is made again as it was made.
     * Where the caller had the remaining time written over the request, as sleep(3) does, that is exact; otherwise a sleep starts
     * over: never shorter than wanted. To let the call take the rest from where the kernel wrote it would change an argument's
     * register, and callers may rely on finding that as it was.
     */
    public static Registers forImage(Registers registers) {
        if (!isInCall(registers) || registers.get(Name.RAX) != RESTART_BLOCK) {
            return forRelease(registers);
        }
        boolean isUnknown = registers.get(Name.ORIG_RAX) == SyscallNumber.RESTART_SYSCALL; // of what, nobody knows any more
        return registers.with(Name.RAX, isUnknown ? EINTR : RESTART_NO_HANDLER);
    }

    private static boolean isInCall(Registers registers) {
        return registers.get(Name.ORIG_RAX) >= 0;
    }

    /** Calls that return EINTR without having done anything, and for which doing it again is what a caller would do. */
    private static boolean gaveUpAtOnce(int number) {
        return switch (number) {
            case SyscallNumber.EPOLL_WAIT, SyscallNumber.EPOLL_PWAIT, SyscallNumber.EPOLL_PWAIT2, SyscallNumber.RT_SIGTIMEDWAIT,
                    SyscallNumber.SEMOP, SyscallNumber.SEMTIMEDOP, SyscallNumber.READ, SyscallNumber.READV,
                    SyscallNumber.RECVFROM, SyscallNumber.RECVMSG, SyscallNumber.RECVMMSG, SyscallNumber.ACCEPT,
                    SyscallNumber.ACCEPT4, SyscallNumber.SENDTO, SyscallNumber.SENDMSG, SyscallNumber.WRITE,
                    SyscallNumber.IO_GETEVENTS, SyscallNumber.IO_PGETEVENTS, SyscallNumber.FUTEX_WAITV -> true;
            default -> false;
        };
    }
}
