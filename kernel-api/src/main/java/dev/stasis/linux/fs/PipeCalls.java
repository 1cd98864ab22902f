package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.OptionalInt;

/** Calls on pipes and FIFOs. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. Any thread may call. */
public final class PipeCalls {
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int FIONREAD = 0x541b;
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int POLLHUP = 0x10;

    private PipeCalls() {}

    /**
     * Both ends of a pipe; whoever has them owns them.
     *
     * @param read the end to read from
     * @param write the end to write to
     */
    public record Ends(Fd read, Fd write) implements AutoCloseable {
        @Override
        public void close() {
            read.close();
            write.close();
        }
    }

    /** Makes a pipe whose ends have {@code flags} (O_NONBLOCK, O_DIRECT); O_CLOEXEC is added. @see pipe2(2) */
    public static Ends create(OpenFlags flags) {
        Scratch scratch = Scratch.take();
        int pair = scratch.reserve(2 * Integer.BYTES);
        check("pipe2", flags, Syscalls.call2(SyscallNumber.PIPE2, scratch.address(pair), flags.with(OpenFlags.CLOEXEC).bits()));
        return new Ends(Fd.own(scratch.memory().getInt(pair)), Fd.own(scratch.memory().getInt(pair + 4)));
    }

    /** How many bytes fit, in pages of 4096. @see fcntl(2) F_GETPIPE_SZ */
    public static int capacity(Fd pipe) {
        return (int) check("fcntl F_GETPIPE_SZ", pipe, Syscalls.call3(SyscallNumber.FCNTL, pipe.number(), F_GETPIPE_SZ, 0));
    }

    /** Makes room for {@code bytes}; EPERM beyond the limits of an unprivileged user. @see fcntl(2) F_SETPIPE_SZ */
    public static void capacity(Fd pipe, int bytes) {
        check("fcntl F_SETPIPE_SZ", pipe, Syscalls.call3(SyscallNumber.FCNTL, pipe.number(), F_SETPIPE_SZ, bytes));
    }

    /** How many bytes are in the pipe; either end tells. @see ioctl(2) FIONREAD */
    public static int available(Fd pipe) {
        Scratch scratch = Scratch.take();
        int place = scratch.reserveCleared(8);
        check("ioctl FIONREAD", pipe, Syscalls.call3(SyscallNumber.IOCTL, pipe.number(), FIONREAD, scratch.address(place)));
        return scratch.memory().getInt(place);
    }

    /**
     * Whether poll(2) tells a reader of {@code pipe} that all writers have gone. A FIFO that was opened without waiting for a
     * writer does not until there was one. @see poll(2) POLLHUP
     */
    public static boolean hasHungUp(Fd pipe) {
        Scratch scratch = Scratch.take();
        int entry = scratch.reserveCleared(8);
        scratch.memory().putInt(entry, pipe.number());
        check("poll", pipe, Syscalls.call3(SyscallNumber.POLL, scratch.address(entry), 1, 0));
        return (scratch.memory().getInt(entry + 4) >>> 16 & POLLHUP) != 0;
    }

    /** Puts up to {@code length} bytes of {@code from} into {@code to} as well, without waiting; returns how many. @see tee(2) */
    public static int tee(Fd from, Fd to, int length) {
        return (int) check("tee", from,
                Syscalls.call4(SyscallNumber.TEE, from.number(), to.number(), length, SPLICE_F_NONBLOCK));
    }

    /** Moves up to {@code length} bytes from pipe {@code from} to pipe {@code to}; returns how many. @see splice(2) */
    public static int move(Fd from, Fd to, int length) {
        return (int) check("splice", from,
                Syscalls.call6(SyscallNumber.SPLICE, from.number(), 0, to.number(), 0, length, SPLICE_F_NONBLOCK));
    }

    /** Reads up to {@code length} bytes into {@code memory}; returns how many, 0 at the end. @see read(2) */
    public static int read(Fd pipe, NativeMemory memory, int length) {
        return (int) check("read", pipe,
                Syscalls.call3(SyscallNumber.READ, pipe.number(), memory.address(), Math.min(length, memory.size())));
    }

    /** Reads up to {@code length} bytes to {@code offset} of {@code memory}; returns how many, 0 at the end. @see read(2) */
    public static int read(Fd pipe, NativeMemory memory, int offset, int length) {
        return (int) check("read", pipe, Syscalls.call3(SyscallNumber.READ, pipe.number(), memory.address() + offset,
                Math.min(length, memory.size() - offset)));
    }

    /** Writes {@code length} bytes of {@code memory} from {@code offset}; returns how many, empty when the pipe is full. @see write(2) */
    public static OptionalInt tryWrite(Fd pipe, NativeMemory memory, int offset, int length) {
        long result = Syscalls.call3(SyscallNumber.WRITE, pipe.number(), memory.address() + offset, length);
        return result == -Errno.EAGAIN.number() ? OptionalInt.empty() : OptionalInt.of((int) check("write", pipe, result));
    }
}
