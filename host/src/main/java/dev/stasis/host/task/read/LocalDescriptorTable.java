package dev.stasis.host.task.read;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * Segments that a process defined for itself, as emulators of old systems do. Only the process itself is told of them.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/modify_ldt.2.html">modify_ldt(2)</a>
 */
final class LocalDescriptorTable {
    private static final int READ = 0;
    private static final int ENTRY = 8;

    private LocalDescriptorTable() {}

    /** Throws {@link StasisException} when {@code pid}, which makes {@code calls}, has any. A kernel may have been built without. */
    static void refuse(RemoteCalls calls, Pid pid) {
        RemoteAddress first = calls.lend(ENTRY);
        if ((int) calls.tryCall(SyscallNumber.MODIFY_LDT, READ, first.value(), ENTRY) > 0) {
            throw new StasisException(new Problem(GuardError.LOCAL_DESCRIPTOR_TABLE, "task " + pid,
                    "it has memory segments of its own (modify_ldt)", "end what runs 16-bit or 32-bit code in it"));
        }
    }
}
