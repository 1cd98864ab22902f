package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.epoll.EpollPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** What the instances here wait for are instances themselves, the only files that a test of this kind alone can have. */
class EpollContractTest extends FdKindContract {
    private static final int ADD = 1;
    private static final int EDGE = 1 << 31;
    private static final int ONE_SHOT = 1 << 30;
    private static final int CLOEXEC = 0x80000;
    private static final int F_DUPFD = 1030;
    private static final int F_SETFL = 4;
    private static final int NONBLOCK = 0x800;

    @Override
    protected StasisPlugin plugin() {
        return new EpollPlugin();
    }

    @Override
    protected String kind() {
        return "epoll";
    }

    @Override
    protected List<Fd> open() {
        Fd outer = instance();
        Fd middle = instance();
        Fd inner = instance();
        SystemCalls.call("fcntl", inner, SyscallNumber.FCNTL, inner.number(), F_SETFL, NONBLOCK);
        add(outer, middle, 1 | EDGE, 0xfedcba9876543210L);
        add(middle, inner, 1 | ONE_SHOT, -1);
        // Under a second number, which means something else when it is restored.
        try (Fd copy = Fd.own((int) SystemCalls.call("fcntl", inner, SyscallNumber.FCNTL, inner.number(), F_DUPFD, 700))) {
            add(outer, copy, 4, 0);
        }
        return List.of(outer, middle, inner, instance());
    }

    private static Fd instance() {
        return Fd.own((int) SystemCalls.call("epoll_create1", "", SyscallNumber.EPOLL_CREATE1, CLOEXEC));
    }

    private static void add(Fd instance, Fd file, int events, long data) {
        NativeMemory event = NativeMemory.allocate(16).putInt(0, events).putLong(4, data);
        SystemCalls.call("epoll_ctl", file, SyscallNumber.EPOLL_CTL, instance.number(), ADD, file.number(), event.address());
        event.getLong(0);
    }

    @Override
    protected String state(Fd file) {
        String info = new String(ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return info.lines().filter(line -> line.startsWith("tfd:")).map(line -> line.replaceAll(" pos:.*", "")).sorted()
                .collect(Collectors.joining("\n"));
    }

    /** An instance is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
