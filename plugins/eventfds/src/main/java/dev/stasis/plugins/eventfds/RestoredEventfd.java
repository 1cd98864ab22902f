package dev.stasis.plugins.eventfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes eventfds. */
final class RestoredEventfd {
    private static final int EFD_SEMAPHORE = 1;
    private static final OpenFlags SETTABLE = OpenFlags.APPEND.with(OpenFlags.NONBLOCK).with(OpenFlags.NOATIME);
    /** Unsigned the greatest there is; write(2) does not get that far, only the kernel does. */
    private static final long OVERFLOW = -1;
    private static final int RESULT_SIZE = 32;

    private RestoredEventfd() {}

    /** An eventfd with what {@code counter} says and status flags {@code flags}; the caller owns it. @see eventfd(2) */
    static Fd make(Counter counter, OpenFlags flags) {
        int kept = counter.semaphore() ? EFD_SEMAPHORE : 0;
        Fd file = Fd.own((int) SystemCalls.call("eventfd2", counter, SyscallNumber.EVENTFD2, 0,
                kept | flags.bits() & OpenFlags.NONBLOCK.bits() | OpenFlags.CLOEXEC.bits()));
        boolean made = false;
        try {
            fill(file, counter.value());
            int others = flags.bits() & SETTABLE.bits();
            if (others != (flags.bits() & OpenFlags.NONBLOCK.bits())) {
                FileCalls.flags(file, new OpenFlags(others));
            }
            made = true;
            return file;
        } finally {
            if (!made) {
                file.close();
            }
        }
    }

    /** Not through eventfd2 itself, which takes 32 bits. */
    private static void fill(Fd file, long value) {
        if (value == OVERFLOW) {
            add(file, OVERFLOW - 1);
            signal(file);
        } else if (value != 0) {
            add(file, value);
        }
    }

    private static void add(Fd file, long value) {
        FileCalls.write(file, ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    /** Has the kernel itself add one, as it does when a request for asynchronous I/O is done. @see io_submit(2) IOCB_FLAG_RESFD */
    static void signal(Fd eventfd) {
        NativeMemory context = NativeMemory.allocate(Long.BYTES);
        SystemCalls.call("io_setup", eventfd, SyscallNumber.IO_SETUP, 1, context.address());
        try (Fd any = FileCalls.memfd("nothing")) {
            NativeMemory request = request(any, eventfd);
            NativeMemory list = NativeMemory.allocate(Long.BYTES).putLong(0, request.address());
            SystemCalls.call("io_submit", eventfd, SyscallNumber.IO_SUBMIT, context.getLong(0), 1, list.address());
            NativeMemory result = NativeMemory.allocate(RESULT_SIZE);
            SystemCalls.call("io_getevents", eventfd, SyscallNumber.IO_GETEVENTS, context.getLong(0), 1, 1, result.address(), 0);
            Reference.reachabilityFence(request);
        } finally {
            SystemCalls.call("io_destroy", eventfd, SyscallNumber.IO_DESTROY, context.getLong(0));
        }
    }

    /** To read nothing from {@code file} (struct iocb). */
    private static NativeMemory request(Fd file, Fd eventfd) {
        NativeMemory nowhere = NativeMemory.allocate(64);
        return nowhere.putInt(20, file.number()).putLong(24, nowhere.address()).putInt(56, 1).putInt(60, eventfd.number());
    }
}
