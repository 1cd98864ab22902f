package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.RseqRegistration;

/**
 * Takes a thread out of the restartable sequence it was stopped in. The kernel does the same when the thread goes back to its
 * own code, but a call injected before that makes it forget the sequence.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/userspace-api/rseq.html">rseq</a>
 */
final class RestartableSequence {
    private static final int POINTER_OFFSET = 8;
    private static final int START = 8;
    private static final int LENGTH = 16;
    private static final int ABORT = 24;

    private RestartableSequence() {}

    /** {@code registers}, at the abort handler if they are inside the sequence that {@code rseq} points at. */
    static Registers leave(Registers registers, RseqRegistration rseq, RemoteMemory memory) {
        if (rseq.area().isNull()) {
            return registers;
        }
        try {
            RemoteAddress sequence = new RemoteAddress(memory.readLong(rseq.area().plus(POINTER_OFFSET)));
            return sequence.isNull() ? registers : leave(registers, sequence, memory);
        } catch (KernelException e) {
            return registers; // the area or the sequence is not mapped: the kernel will punish that, not we
        }
    }

    private static Registers leave(Registers registers, RemoteAddress sequence, RemoteMemory memory) {
        long start = memory.readLong(sequence.plus(START));
        long length = memory.readLong(sequence.plus(LENGTH));
        boolean inside = Long.compareUnsigned(registers.get(Name.RIP) - start, length) < 0;
        return inside ? registers.with(Name.RIP, memory.readLong(sequence.plus(ABORT))) : registers;
    }
}
