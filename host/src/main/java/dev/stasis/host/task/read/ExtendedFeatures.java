package dev.stasis.host.task.read;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * Permission to use parts of the processor with much state, which a process has to ask for: the tiles of AMX. A process that comes back
 * would not have it, and end by SIGILL when it goes on with them.
 *
 * @see <a href="https://docs.kernel.org/arch/x86/xstate.html">Using XSTATE features in user space applications</a>
 */
final class ExtendedFeatures {
    private static final int ARCH_GET_XCOMP_SUPP = 0x1021;
    private static final int ARCH_GET_XCOMP_PERM = 0x1022;
    private static final long TILE_DATA = 1 << 18;

    private ExtendedFeatures() {}

    /** Throws {@link StasisException} when {@code pid}, which makes {@code calls}, has it. It is not asked where no processor has tiles. */
    static void refuse(RemoteCalls calls, Pid pid) {
        NativeMemory supported = NativeMemory.allocate(Long.BYTES);
        if (SystemCalls.tryCall(SyscallNumber.ARCH_PRCTL, ARCH_GET_XCOMP_SUPP, supported.address()) != 0
                || (supported.getLong(0) & TILE_DATA) == 0) {
            return;
        }
        RemoteAddress permitted = calls.lend(Long.BYTES);
        if (calls.tryCall(SyscallNumber.ARCH_PRCTL, ARCH_GET_XCOMP_PERM, permitted.value()) == 0
                && (Bytes.longAt(calls.read(permitted, Long.BYTES), 0) & TILE_DATA) != 0) {
            throw new StasisException(new Problem(GuardError.EXTENDED_FEATURES, "task " + pid,
                    "it may use the tiles of AMX (ARCH_REQ_XCOMP_PERM)", "run the program without AMX"));
        }
    }
}
