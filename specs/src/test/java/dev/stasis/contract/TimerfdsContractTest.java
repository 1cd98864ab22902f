package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.timerfds.TimerfdsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

class TimerfdsContractTest extends FdKindContract {
    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;
    private static final int BOOTTIME = 7;
    private static final int ABSTIME = 1;
    private static final int CANCEL_ON_SET = 2;
    private static final long YEAR_2100 = 4_102_444_800L;
    private static final int CLOEXEC = 0x80000;
    private static final int SET_TICKS = 0x40085400;

    @Override
    protected StasisPlugin plugin() {
        return new TimerfdsPlugin();
    }

    @Override
    protected String kind() {
        return "timerfd";
    }

    @Override
    protected List<Fd> open() {
        Fd flagged = timerfd(MONOTONIC, 0, 0, 0);
        FileCalls.flags(flagged, OpenFlags.NONBLOCK.with(OpenFlags.APPEND));
        Fd unread = timerfd(BOOTTIME, 0, 5000, 60);
        SystemCalls.call("ioctl", "", SyscallNumber.IOCTL, unread.number(), SET_TICKS, NativeMemory.allocate(8).putLong(0, 17).address());
        Fd over = timerfd(REALTIME, 0, 0, 0);
        SystemCalls.call("ioctl", "", SyscallNumber.IOCTL, over.number(), SET_TICKS, NativeMemory.allocate(8).putLong(0, 1).address());
        return List.of(flagged, unread, over, timerfd(REALTIME, ABSTIME | CANCEL_ON_SET, YEAR_2100, 0), timerfd(REALTIME, 0, 5000, 0));
    }

    private static Fd timerfd(int clock, int flags, long value, long interval) {
        Fd timer = Fd.own((int) SystemCalls.call("timerfd_create", "", SyscallNumber.TIMERFD_CREATE, clock, CLOEXEC));
        NativeMemory times = NativeMemory.allocate(32).putLong(0, interval).putLong(16, value);
        SystemCalls.call("timerfd_settime", "", SyscallNumber.TIMERFD_SETTIME, timer.number(), flags, times.address(), 0);
        return timer;
    }

    /** But for the time that is left, which goes by. */
    @Override
    protected String state(Fd file) {
        String info = new String(ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return info.lines().dropWhile(line -> !line.startsWith("clockid"))
                .map(line -> line.startsWith("it_value") && !line.equals("it_value: (0, 0)") ? "it_value: some" : line)
                .collect(Collectors.joining(", "));
    }

    /** A timerfd is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
