package dev.stasis.plugins.timerfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.OpenFlags;

/** What the kernel does with timerfds and clocks. Times are in nanoseconds. From any thread. */
final class TimerCalls {
    static final int REALTIME = 0;
    static final int MONOTONIC = 1;
    static final int BOOTTIME = 7;
    static final int REALTIME_ALARM = 8;
    static final int BOOTTIME_ALARM = 9;

    private static final long SECOND = 1_000_000_000;
    private static final int ITIMERSPEC = 32;
    /** _IOW('T', 0, __u64). */
    private static final int TFD_IOC_SET_TICKS = 0x40085400;
    private static final int POLLIN = 1;
    private static final ThreadLocal<NativeMemory> MEMORY = new ThreadLocal<>();

    private TimerCalls() {}

    private static NativeMemory memory() {
        NativeMemory memory = MEMORY.get();
        if (memory == null) {
            memory = NativeMemory.allocate(ITIMERSPEC);
            MEMORY.set(memory);
        }
        return memory;
    }

    /** A timer that is off; the caller owns it. @see timerfd_create(2) */
    static Fd create(int clock) {
        return Fd.own((int) SystemCalls.call("timerfd_create", "clock " + clock, SyscallNumber.TIMERFD_CREATE, clock,
                OpenFlags.CLOEXEC.bits()));
    }

    /** Sets {@code timer}; what it had not been asked for is gone. @see timerfd_settime(2) */
    static void set(Fd timer, int flags, long value, long interval) {
        NativeMemory memory = memory();
        memory.putLong(0, interval / SECOND).putLong(8, interval % SECOND);
        memory.putLong(16, value / SECOND).putLong(24, value % SECOND);
        SystemCalls.call("timerfd_settime", timer, SyscallNumber.TIMERFD_SETTIME, timer.number(), flags, memory.address(), 0);
    }

    /** Has the kernel count what a repeating timer has missed, which it else does when the timer is read. @see timerfd_gettime(2) */
    static void catchUp(Fd timer) {
        NativeMemory memory = memory();
        SystemCalls.call("timerfd_gettime", timer, SyscallNumber.TIMERFD_GETTIME, timer.number(), memory.address());
    }

    /** Sets how often {@code timer} has expired without being read, not 0. @see ioctl(2) TFD_IOC_SET_TICKS */
    static void ticks(Fd timer, long ticks) {
        NativeMemory memory = memory();
        memory.putLong(0, ticks);
        SystemCalls.call("ioctl TFD_IOC_SET_TICKS", timer, SyscallNumber.IOCTL, timer.number(), TFD_IOC_SET_TICKS, memory.address());
    }

    /** Waits until {@code timer} has expired, which is due now or at once. @see poll(2) */
    static void awaitExpiry(Fd timer) {
        NativeMemory memory = memory();
        memory.putInt(0, timer.number()).putInt(4, POLLIN);
        SystemCalls.call("poll", timer, SyscallNumber.POLL, memory.address(), 1, -1);
    }

    /** What {@code clock} says. The clocks that wake the machine are those without that; not every machine tells them. @see clock_gettime(2) */
    static long now(int clock) {
        NativeMemory memory = memory();
        int told = clock == REALTIME_ALARM ? REALTIME : clock == BOOTTIME_ALARM ? BOOTTIME : clock;
        SystemCalls.call("clock_gettime", told, SyscallNumber.CLOCK_GETTIME, told, memory.address());
        return memory.getLong(0) * SECOND + memory.getLong(8);
    }

    /** How much CLOCK_REALTIME is ahead of CLOCK_MONOTONIC: it changes when somebody sets the clock, or the machine has slept. */
    static long clockAhead() {
        return now(REALTIME) - now(MONOTONIC);
    }
}
