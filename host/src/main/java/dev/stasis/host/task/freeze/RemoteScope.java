package dev.stasis.host.task.freeze;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.linux.ptrace.WaitStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls made by one frozen thread. Should this process die at any moment, the thread finishes the call it is in and goes home
 * through the signal frame. What it lends is borrowed from a free end of a stack and put back as it was.
 */
final class RemoteScope implements RemoteCalls {
    private static final int SIGKILL = 9;
    private static final int PAGE = 4096;
    private static final int SAVED_AT_ONCE = 1024;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private final FrozenThread thread;
    private final RemoteMemory memory;
    private final Foothold foothold;
    private final Tether tether;
    private final byte[] frameBefore;
    private final Injection injection;
    private final List<byte[]> lentBefore = new ArrayList<>(1);
    private int saved;
    private int lent;
    private final List<long[]> mappings = new ArrayList<>(0);
    private boolean closed;

    private RemoteScope(FrozenThread thread, CallSite site, RemoteMemory memory, Foothold foothold, Tether tether) {
        this.thread = thread;
        this.memory = memory;
        this.foothold = foothold;
        this.tether = tether;
        this.frameBefore = memory.read(foothold.start(), foothold.frameSize());
        this.injection = Injection.beginSafely(thread.stopped(), site, memory, thread.registers(), thread.extendedState(),
                foothold.start(), tether.wayHome());
        tether.tie();
    }

    static RemoteScope open(FrozenThread thread, CallSite site, RemoteMemory memory, Foothold foothold, Tether tether) {
        return new RemoteScope(thread, site, memory, foothold, tether);
    }

    @Override
    public Pid task() {
        return thread.tid();
    }

    @Override
    public long call(int number, long... arguments) {
        long result = tryCall(number, arguments);
        if (result < 0 && result >= -4095) {
            throw new KernelException("system call " + number, "in task " + task(), new Errno((int) -result));
        }
        return result;
    }

    @Override
    public long tryCall(int number, long... arguments) {
        requireOpen();
        try {
            return injection.tryCall(number, arguments);
        } catch (TaskGoneException e) {
            thread.markGone();
            throw e;
        } catch (KernelException e) {
            throw goneOr(e);
        }
    }

    /** A ptrace request finds no stopped thread any more when someone kills it. */
    private RuntimeException goneOr(KernelException e) {
        if (e.is(Errno.ESRCH)) {
            thread.markGone();
            return new TaskGoneException(task(), new WaitStatus(SIGKILL));
        }
        return e;
    }

    @Override
    public RemoteAddress lend(byte[] bytes) {
        RemoteAddress address = lend(bytes.length);
        memory.write(address, bytes);
        return address;
    }

    @Override
    public RemoteAddress lend(int size) {
        requireOpen();
        int rounded = (size + 15) & -16;
        if (lent + rounded > foothold.lendSize()) {
            return lendMapped(rounded);
        }
        save(lent + rounded);
        RemoteAddress address = lendStart().plus(lent);
        lent += rounded;
        return address;
    }

    /** Remembers what stands in the first {@code size} bytes of what can be lent, by and by: mostly it is little. */
    private void save(int size) {
        if (size > saved) {
            int piece = Math.min((size - saved + SAVED_AT_ONCE - 1) & -SAVED_AT_ONCE, foothold.lendSize() - saved);
            lentBefore.add(memory.read(lendStart().plus(saved), piece));
            saved += piece;
        }
    }

    private void putBack() {
        int at = 0;
        for (byte[] piece : lentBefore) {
            memory.write(lendStart().plus(at), piece);
            at += piece.length;
        }
    }

    private RemoteAddress lendStart() {
        return foothold.start().plus(foothold.frameSize());
    }

    /** More than the stack has room for: a mapping of its own, which is gone when this scope closes. */
    private RemoteAddress lendMapped(int size) {
        long length = (size + PAGE - 1L) & -PAGE;
        long start = call(SyscallNumber.MMAP, 0, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        mappings.add(new long[] {start, length});
        return new RemoteAddress(start);
    }

    private void unmap() {
        for (long[] mapping : mappings) {
            call(SyscallNumber.MUNMAP, mapping[0], mapping[1]);
        }
        mappings.clear();
    }

    @Override
    public byte[] read(RemoteAddress address, int length) {
        return memory.read(address, length);
    }

    @Override
    public RemoteFd receive(Fd file) {
        long pidfd = call(SyscallNumber.PIDFD_OPEN, ProcessCalls.self().number(), 0);
        try {
            return new RemoteFd(task(), (int) call(SyscallNumber.PIDFD_GETFD, pidfd, file.number(), 0));
        } finally {
            call(SyscallNumber.CLOSE, pidfd);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the calls of task " + task() + " are over");
        }
    }

    /** First home, then the memory as it was: should we die in between, what stays lies below every stack pointer. */
    @Override
    public void close() {
        if (closed || thread.isGone()) {
            closed = true;
            return;
        }
        try {
            unmap();
            closed = true;
            tether.untie();
            thread.takeHome(injection);
            memory.write(foothold.start(), frameBefore);
            putBack();
        } catch (TaskGoneException e) {
            closed = true;
            thread.markGone();
        } catch (KernelException e) {
            closed = true;
            if (!(goneOr(e) instanceof TaskGoneException)) {
                throw e;
            }
        }
    }
}
