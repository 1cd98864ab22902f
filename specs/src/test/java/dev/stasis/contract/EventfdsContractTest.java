package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.eventfds.EventfdsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

class EventfdsContractTest extends FdKindContract {
    private static final int SEMAPHORE = 1;
    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;

    @Override
    protected StasisPlugin plugin() {
        return new EventfdsPlugin();
    }

    @Override
    protected String kind() {
        return "eventfd";
    }

    @Override
    protected List<Fd> open() {
        return List.of(eventfd(0, 0), eventfd(7, NONBLOCK), eventfd(3, SEMAPHORE));
    }

    private static Fd eventfd(int count, int flags) {
        return Fd.own((int) SystemCalls.call("eventfd2", "", SyscallNumber.EVENTFD2, count, flags | CLOEXEC));
    }

    @Override
    protected String state(Fd file) {
        String info = new String(ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return info.lines().filter(line -> line.startsWith("eventfd-count") || line.startsWith("eventfd-semaphore"))
                .collect(Collectors.joining(", "));
    }

    /** An eventfd is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
