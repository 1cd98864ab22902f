package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which call a thread really makes when it seems to make restart_syscall(2). A sleep, poll or futex that was interrupted once
 * (by a stop signal, a debugger, a dump before this one) goes on under that number, with the arguments of the first call in
 * its registers. Only the kernel knows which one it was, and shows it on the thread's stack while the thread waits in it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/restart_syscall.2.html">restart_syscall(2)</a>
 */
final class RestartedCall {
    /** Not known: the thread is not waiting in it just now, or the kernel does not show its stack. */
    static final int UNKNOWN = 0;

    private static final long RESTART_BLOCK = -516;
    /** No pointer is as small, and no number of a clock as great (vm.mmap_min_addr). */
    private static final long LOWEST_POINTER = 4096;

    private RestartedCall() {}

    /** Whether a thread that stopped with {@code registers} is in a call that goes by the name of restart_syscall. */
    static boolean hides(Registers registers) {
        return registers.get(Name.ORIG_RAX) == SyscallNumber.RESTART_SYSCALL && registers.get(Name.RAX) == RESTART_BLOCK;
    }

    /** The number of the call that thread {@code tid}, which runs, waits in with {@code registers} as its arguments. */
    static int find(Pid tid, Registers registers) {
        String call = text(tid, "syscall");
        if (!call.startsWith(SyscallNumber.RESTART_SYSCALL + " ")) {
            return UNKNOWN;
        }
        return number(text(tid, "stack"), registers);
    }

    /** The number of the call whose functions are on {@code stack}. Pure. */
    static int number(String stack, Registers registers) {
        if (stack.isEmpty()) {
            return UNKNOWN;
        }
        if (stack.contains("do_restart_poll")) {
            return SyscallNumber.POLL;
        }
        if (stack.contains("futex_wait_restart")) {
            return SyscallNumber.FUTEX;
        }
        // What is left are the sleeps. Their own functions belong to the scheduler and are not shown, but for rare clocks.
        boolean ofClock = stack.contains("do_cpu_nanosleep") || stack.contains("alarmtimer")
                || Long.compareUnsigned(registers.get(Name.RDI), LOWEST_POINTER) < 0;
        return ofClock ? SyscallNumber.CLOCK_NANOSLEEP : SyscallNumber.NANOSLEEP;
    }

    private static String text(Pid tid, String name) {
        try {
            Optional<byte[]> bytes = ProcFile.tryRead(tid, name);
            return bytes.isEmpty() ? "" : new String(bytes.get(), StandardCharsets.ISO_8859_1);
        } catch (KernelException e) {
            return ""; // not for us to see
        }
    }
}
