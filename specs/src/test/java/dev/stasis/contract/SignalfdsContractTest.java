package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.signalfds.SignalfdsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

class SignalfdsContractTest extends FdKindContract {
    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;

    @Override
    protected StasisPlugin plugin() {
        return new SignalfdsPlugin();
    }

    @Override
    protected String kind() {
        return "signalfd";
    }

    @Override
    protected List<Fd> open() {
        return List.of(signalfd(0, 0), signalfd(0x4002, NONBLOCK), signalfd(-1L, 0));
    }

    private static Fd signalfd(long mask, int flags) {
        return Fd.own((int) SystemCalls.call("signalfd4", "", SyscallNumber.SIGNALFD4, -1,
                NativeMemory.allocate(8).putLong(0, mask).address(), 8, flags | CLOEXEC));
    }

    @Override
    protected String state(Fd file) {
        String info = new String(ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return info.lines().filter(line -> line.startsWith("sigmask")).collect(Collectors.joining());
    }

    /** A signalfd is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
