package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.KernelWalk;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * Tells how many packets wait in a socket, which no call does: who looks at them (MSG_PEEK) does not see empty ones a second time. A
 * BPF program reads it, for which the kernel must know its own structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller have
 * CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN.
 *
 * <p>Not safe for use by several threads at once. To be closed.
 */
public final class SocketQueues implements AutoCloseable {
    // Registers that calls leave alone.
    private static final int NUMBER = 6;

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;

    private final BpfProgram length;

    private SocketQueues(BpfProgram length) {
        this.length = length;
    }

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<SocketQueues> tryOpen() {
        SocketQueues queues = null;
        boolean works = false;
        try {
            queues = new SocketQueues(load());
            works = queues.sees();
        } catch (KernelException e) {
            // The kernel does not take it, or has no room.
        }
        if (!works && queues != null) {
            queues.close();
        }
        return works ? Optional.of(queues) : Optional.empty();
    }

    private static BpfProgram load() {
        BpfTypes types = new BpfTypes();
        BpfCode code = new BpfCode();
        KernelWalk walk = new KernelWalk(code, types);
        code.load(NUMBER, 1, 0); // the first argument: the descriptor
        walk.goToFile(NUMBER);
        walk.follow("file", "private_data");
        walk.follow("socket", "sk");
        int queue = types.struct("sk_buff_head", Integer.BYTES, "qlen", BpfTypes.UNSIGNED_INT, 0);
        code.set(3, new BpfTypes.Field(types.struct("sock", Integer.BYTES, "sk_receive_queue", queue, 0), "0:0:0", 0));
        walk.read(Integer.BYTES);
        code.move(BpfCode.RESULT, KernelWalk.AT);
        code.exit();
        return new BpfProgram(code, types, types.function(), "socket queues");
    }

    /** Whether it sees one packet of our own, and none before. */
    private boolean sees() {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(2 * Integer.BYTES);
        Syscalls.check("socketpair", "socket queues",
                Syscalls.call4(SyscallNumber.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0, scratch.address(at)));
        try (Fd one = Fd.own(scratch.memory().getInt(at)); Fd other = Fd.own(scratch.memory().getInt(at + Integer.BYTES))) {
            int before = length(other);
            Syscalls.check("write", one, Syscalls.call3(SyscallNumber.WRITE, one.number(), scratch.address(at), 1));
            return before == 0 && length(other) == 1;
        }
    }

    /** How many packets wait in {@code socket}, or, in one that listens, how many connections. */
    public int length(Fd socket) {
        return length.run(socket.number(), 0);
    }

    @Override
    public void close() {
        length.close();
    }
}
