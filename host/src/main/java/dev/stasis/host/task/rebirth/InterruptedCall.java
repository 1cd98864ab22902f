package dev.stasis.host.task.rebirth;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;

/**
 * What the freeze did to calls that were waiting, undone: the registers with which the kernel makes them again when the
 * thread goes on, or fails them with EINTR if a handler runs first. Pure.
 *
 * <p>Most interrupted calls carry one of the kernel's own restart errors, which it understands again after a restore. Two kinds
 * need help. Calls that go on by a note the kernel keeps of them (-516) have lost the note: they are made anew, sleeps with the
 * rest of their time where they asked to be told it. And calls that give up with EINTR by the mere stop are made anew too.
 */
final class InterruptedCall {
    private static final int ERESTARTNOHAND = -514;
    private static final int ERESTART_RESTARTBLOCK = -516;
    private static final int EINTR = -4;

    private InterruptedCall() {}

    /** The registers to go on with instead of {@code frozen}. */
    static Registers again(Registers frozen) {
        long call = frozen.get(Name.ORIG_RAX);
        if (call < 0) {
            return frozen;
        }
        int result = (int) frozen.get(Name.RAX);
        if (result == ERESTART_RESTARTBLOCK) {
            return withTheRest(frozen, (int) call).with(Name.RAX, ERESTARTNOHAND);
        }
        return result == EINTR && givesUpByAStop((int) call) ? frozen.with(Name.RAX, ERESTARTNOHAND) : frozen;
    }

    /** The kernel has already written the time that is left to where the caller wanted it. */
    private static Registers withTheRest(Registers frozen, int call) {
        if (call == SyscallNumber.NANOSLEEP && frozen.get(Name.RSI) != 0) {
            return frozen.with(Name.RDI, frozen.get(Name.RSI));
        }
        if (call == SyscallNumber.CLOCK_NANOSLEEP && frozen.get(Name.R10) != 0) {
            return frozen.with(Name.RDX, frozen.get(Name.R10));
        }
        return frozen;
    }

    private static boolean givesUpByAStop(int call) {
        return switch (call) {
            case SyscallNumber.EPOLL_WAIT, SyscallNumber.EPOLL_PWAIT, SyscallNumber.EPOLL_PWAIT2,
                    SyscallNumber.RT_SIGTIMEDWAIT, SyscallNumber.SEMTIMEDOP, SyscallNumber.SEMOP -> true;
            default -> false;
        };
    }
}
