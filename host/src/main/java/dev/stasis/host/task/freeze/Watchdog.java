package dev.stasis.host.task.freeze;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.seed.Seed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A tiny process that sends one signal to all processes of a tree, so that what happens to all of them is decided by one act of
 * ours, after which our death changes nothing: a loop of ours could be killed halfway.
 *
 * <p>It waits at a pipe of which nobody but this process has the other end. Depending on {@link Order} it sends the signals when
 * it is told to, and ends without when we die; or it sends them when we die, unless it was told not to. It is our child, has no
 * memory but two pages, and no signal but SIGKILL and SIGSTOP reaches it.
 */
public final class Watchdog implements AutoCloseable {
    private static final Errno EPIPE = new Errno(32);
    private static final int SIGKILL = 9;
    private static final long ALL_SIGNALS = -1L;
    private static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    /**
     * What it does: r12 is where the numbers are, r13 how many, r14 the result of read(2) on which to send, r15 the pipe, rbx room
     * for the byte, ebp the signal.
     * <pre>
     * 00  xor eax, eax; mov edi, r15d; mov rsi, rbx; mov edx, 1; syscall
     * 0f  cmp eax, -EINTR; je 00; cmp eax, r14d; jne 34
     * 19  test r13d, r13d; jz 34
     * 1e  mov edi, [r12]; mov esi, ebp; mov eax, kill; syscall; add r12, 4; dec r13d; jmp 19
     * 34  xor edi, edi; mov eax, exit_group; syscall
     * </pre>
     */
    private static final int[] CODE = {
        0x31, 0xc0, 0x44, 0x89, 0xff, 0x48, 0x89, 0xde, 0xba, 1, 0, 0, 0, 0x0f, 0x05,
        0x83, 0xf8, 0xfc, 0x74, 0xec, 0x44, 0x39, 0xf0, 0x75, 0x1b,
        0x45, 0x85, 0xed, 0x74, 0x16,
        0x41, 0x8b, 0x3c, 0x24, 0x89, 0xee, 0xb8, 62, 0, 0, 0, 0x0f, 0x05, 0x49, 0x83, 0xc4, 0x04, 0x41, 0xff, 0xcd, 0xeb, 0xe5,
        0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05};

    private final Pid pid;
    private final Fd line;
    private boolean told;
    private boolean wasKilled;

    /** When it sends the signals. */
    public enum Order {
        /** When we die without a word. */
        UNLESS_TOLD(0),
        /** When we say so. */
        WHEN_TOLD(1);

        private final int readResult;

        Order(int readResult) {
            this.readResult = readResult;
        }
    }

    private Watchdog(Pid pid, Fd line) {
        this.pid = pid;
        this.line = line;
    }

    /** Spawns one that sends {@code signal} to {@code pids} by {@code order}. The calling thread must live as long as it. */
    public static Watchdog spawn(Order order, int signal, List<Pid> pids) {
        Seed seed = Seed.spawn();
        try (RemoteMemory memory = RemoteMemory.open(seed.pid())) {
            return of(Injection.begin(seed.task(), seed.callSite()), memory, order, signal, pids);
        } catch (RuntimeException | Error e) {
            seed.close();
            throw e;
        }
    }

    /**
     * Makes one of {@code calls}, a child of the calling thread with nothing to lose and {@code memory}, which is lost as a place to
     * make calls in: see {@link #spawn}.
     */
    public static Watchdog of(Injection calls, RemoteMemory memory, Order order, int signal, List<Pid> pids) {
        PipeCalls.Ends ends = PipeCalls.create(OpenFlags.RDONLY);
        try (Fd read = ends.read()) {
            long us = calls.call("pidfd_open", SyscallNumber.PIDFD_OPEN, ProcessCalls.self().number(), 0);
            long pipe = calls.call("pidfd_getfd", SyscallNumber.PIDFD_GETFD, us, read.number(), 0);
            long numbers = map(calls, (pids.size() + 1L) * Integer.BYTES);
            memory.write(new RemoteAddress(numbers), numbers(pids));
            Registers begin = calls.home().with(Name.RIP, code(calls, memory)).with(Name.ORIG_RAX, -1)
                    .with(Name.RBX, numbers).with(Name.RBP, signal).with(Name.R12, numbers + Integer.BYTES)
                    .with(Name.R13, pids.size()).with(Name.R14, order.readResult).with(Name.R15, pipe);
            calls.end(begin, ALL_SIGNALS).detach();
            return new Watchdog(calls.tid(), ends.write());
        } catch (RuntimeException | Error e) {
            ends.write().close();
            throw e;
        }
    }

    private static long map(Injection calls, long size) {
        return calls.call("mmap", SyscallNumber.MMAP, 0, (size + PAGE - 1) & -PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    }

    /** Room for the byte, then the numbers. */
    private static byte[] numbers(List<Pid> pids) {
        ByteBuffer numbers = ByteBuffer.allocate((pids.size() + 1) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0);
        for (Pid pid : pids) {
            numbers.putInt(pid.number());
        }
        return numbers.array();
    }

    private static long code(Injection calls, RemoteMemory memory) {
        byte[] code = new byte[CODE.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) CODE[i];
        }
        long page = map(calls, PAGE);
        memory.write(new RemoteAddress(page), code);
        calls.call("mprotect", SyscallNumber.MPROTECT, page, PAGE, PROT_READ_EXECUTE);
        return page;
    }

    Pid pid() {
        return pid;
    }

    /** Tells it: from here on our death changes nothing. */
    public void tell() {
        told = true;
        try {
            FileCalls.write(line, new byte[1]);
        } catch (KernelException e) {
            if (!e.is(EPIPE)) { // somebody killed it: then it just does not watch
                throw e;
            }
        }
    }

    /** Waits until it has done what it was told, and is gone; when it was not told, ends it without any signal sent. */
    @Override
    public void close() {
        if (!told) {
            ProcessCalls.kill(pid, SIGKILL);
        }
        Optional<ChildExit> end = ProcessCalls.awaitChild(pid);
        wasKilled = end.isEmpty() || end.get().shellStatus() != 0;
        line.close();
    }

    /** Whether it ended otherwise than by itself, so that it may not have done all that it was told; after {@link #close}. */
    boolean wasKilled() {
        return wasKilled;
    }
}
