package dev.stasis.plugins.epoll;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.lang.ref.Reference;

/** Calls on epoll instances in this process. */
final class EpollCalls {
    /** EPOLL_CTL_ADD and EPOLL_CTL_DEL. */
    static final int ADD = 1;
    static final int DELETE = 2;
    /** The size of a struct epoll_event: events, then data. */
    static final int EVENT_SIZE = 12;
    /** What {@link #compare} returns when one of the two is not there. */
    static final int INCOMPARABLE = 2;

    private static final int KCMP_EPOLL_TFD = 7;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int F_SETFL = 4;
    private static final int BATCH = 256;
    private static final short ANYTHING = 0x27df;

    private EpollCalls() {}

    /** A new instance with the status flags of {@code flags}. @see epoll_create1(2) */
    static Fd create(OpenFlags flags) {
        Fd instance = Fd.own((int) SystemCalls.call("epoll_create1", "", SyscallNumber.EPOLL_CREATE1, EPOLL_CLOEXEC));
        int status = flags.bits() & ~OpenFlags.RDWR.bits();
        if (status != 0) {
            SystemCalls.call("fcntl F_SETFL", instance, SyscallNumber.FCNTL, instance.number(), F_SETFL, status);
        }
        return instance;
    }

    /**
     * Orders the open file of {@code candidate} and that of an item of {@code instance}, the one with {@code earlier} others on the
     * same number before it in /proc: 0 when they are the same, else less or greater than 0 in the order of
     * {@link ProcessCalls#compareFiles}. The kernel goes through the items one by one. @see kcmp(2) KCMP_EPOLL_TFD
     */
    static int compare(RemoteFd candidate, Fd instance, int number, int earlier) {
        NativeMemory slot = NativeMemory.allocate(12).putInt(0, instance.number()).putInt(4, number).putInt(8, earlier);
        long order = SystemCalls.tryCall(SyscallNumber.KCMP, candidate.task().number(), ProcessCalls.self().number(),
                KCMP_EPOLL_TFD, candidate.number(), slot.address());
        Reference.reachabilityFence(slot);
        if (order == 0) {
            return 0;
        }
        return order == 1 ? -1 : order == 2 ? 1 : INCOMPARABLE;
    }

    /** Takes what {@code instance} has to tell until there is nothing more, and forgets it. @see epoll_wait(2) */
    static void takeEvents(Fd instance) {
        NativeMemory events = NativeMemory.allocate(BATCH * EVENT_SIZE);
        long count;
        do {
            count = SystemCalls.tryCall(SyscallNumber.EPOLL_WAIT, instance.number(), events.address(), BATCH, 0);
        } while (count > 0 || count == -Errno.EINTR.number());
        Reference.reachabilityFence(events);
    }

    /** Whether {@code file} is ready for anything at all, within {@code milliseconds}. @see poll(2) */
    static boolean isReady(Fd file, int milliseconds) {
        NativeMemory asked = NativeMemory.allocate(8).putInt(0, file.number()).putInt(4, ANYTHING);
        long ready = SystemCalls.tryCall(SyscallNumber.POLL, asked.address(), 1, milliseconds);
        Reference.reachabilityFence(asked);
        return ready == 1;
    }

    /** Writes to {@code memory} at {@code offset} what epoll_ctl(2) takes. */
    static void putEvent(NativeMemory memory, int offset, int events, long data) {
        memory.putInt(offset, events).putLong(offset + Integer.BYTES, data);
    }
}
