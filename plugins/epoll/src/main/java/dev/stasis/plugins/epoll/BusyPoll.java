package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.SyscallNumber;
import java.lang.ref.Reference;

/**
 * How long a wait for an instance asks network devices itself (Linux 6.9 or newer, built with CONFIG_NET_RX_BUSY_POLL).
 *
 * @param usecs how long, in microseconds; 0 leaves it to the system
 * @param budget how many packets at a time, 0 to 65535
 * @param prefer whether interrupts of the device are held back
 * @see <a href="https://man7.org/linux/man-pages/man2/ioctl_eventpoll.2.html">ioctl_eventpoll(2)</a>
 */
record BusyPoll(int usecs, int budget, boolean prefer) {
    static final BusyPoll NONE = new BusyPoll(0, 0, false);

    private static final int EPIOCSPARAMS = 0x40088a01;
    private static final int EPIOCGPARAMS = 0x80088a02;
    private static final int SIZE = 8;

    /** What {@code instance} is set to; {@link #NONE} where the kernel has no such setting. */
    static BusyPoll of(Fd instance) {
        NativeMemory parameters = NativeMemory.allocate(SIZE);
        long result = SystemCalls.tryCall(SyscallNumber.IOCTL, instance.number(), EPIOCGPARAMS, parameters.address());
        if (result < 0 || parameters.getLong(0) == 0) {
            return NONE;
        }
        return new BusyPoll(parameters.getInt(0), parameters.getShort(4) & 0xffff, parameters.getByte(6) != 0);
    }

    /** Sets {@code instance}. More than 64 packets at a time take CAP_NET_ADMIN. */
    void set(Fd instance) {
        NativeMemory parameters = NativeMemory.allocate(SIZE).putInt(0, usecs).putInt(4, budget).putByte(6, (byte) (prefer ? 1 : 0));
        SystemCalls.call("ioctl EPIOCSPARAMS", instance, SyscallNumber.IOCTL, instance.number(), EPIOCSPARAMS, parameters.address());
        Reference.reachabilityFence(parameters);
    }

    boolean isNone() {
        return usecs == 0 && budget == 0 && !prefer;
    }
}
