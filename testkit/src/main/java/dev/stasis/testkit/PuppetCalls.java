package dev.stasis.testkit;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.Optional;

/** The calls of a puppet while it is attached. A mapping lends memory to them and is gone when it is let go. */
final class PuppetCalls implements RemoteCalls {
    static final int LENT = 1 << 18;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private final Injection injection;
    private final RemoteMemory memory;
    private final RemoteAddress lent;
    private int used;
    private long homeMask;

    /** Begins making calls in the thread of {@code injection}, which ends with this. */
    PuppetCalls(Injection injection, RemoteMemory memory) {
        this.injection = injection;
        this.memory = memory;
        this.homeMask = injection.homeMask();
        this.lent = new RemoteAddress(
                call(SyscallNumber.MMAP, 0, LENT, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0));
    }

    @Override
    public Pid task() {
        return injection.tid();
    }

    @Override
    public long call(int number, long... arguments) {
        long result = tryCall(number, arguments);
        if (result < 0 && result >= -4095) {
            throw new KernelException("system call " + number, "puppet " + task(), new Errno((int) -result));
        }
        return result;
    }

    @Override
    public long tryCall(int number, long... arguments) {
        return injection.tryCall(number, arguments);
    }

    @Override
    public RemoteAddress lend(byte[] bytes) {
        RemoteAddress address = lend(bytes.length);
        memory.write(address, bytes);
        return address;
    }

    @Override
    public RemoteAddress lend(int size) {
        if (size > LENT) {
            throw new IllegalArgumentException("a puppet lends up to " + LENT + " bytes, not " + size);
        }
        int start = used + size > LENT ? 0 : used;
        used = (start + size + 15) & ~15;
        return lent.plus(start);
    }

    @Override
    public byte[] read(RemoteAddress address, int length) {
        return memory.read(address, length);
    }

    @Override
    public RemoteFd receive(Fd file) {
        long pidfd = call(SyscallNumber.PIDFD_OPEN, ProcessCalls.self().number(), 0);
        long received = call(SyscallNumber.PIDFD_GETFD, pidfd, file.number(), 0);
        call(SyscallNumber.CLOSE, pidfd);
        return new RemoteFd(task(), (int) received);
    }

    /** The memory lent, {@link #LENT} bytes; a forked child has a copy of it. */
    RemoteAddress lent() {
        return lent;
    }

    /** The task that the last call gave birth to. */
    Optional<Pid> lastChild() {
        return injection.lastChild();
    }

    /** The registers and mask that a task born of a call needs to wait like the puppet does. */
    void sendHome(StoppedTask born) {
        born.registers(injection.home());
        born.signalMask(homeMask);
    }

    long homeMask() {
        return homeMask;
    }

    void homeMask(long mask) {
        homeMask = mask;
    }

    /** Takes the puppet home; returns it, still stopped. */
    StoppedTask end() {
        call(SyscallNumber.MUNMAP, lent.value(), LENT);
        return injection.end(injection.home(), homeMask);
    }

    @Override
    public void close() {
        // the puppet owns the scope: it ends with letGo()
    }
}
