package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.linux.tty.TerminalCalls.Event;
import dev.stasis.linux.tty.WindowSize;
import dev.stasis.plugins.ttys.TtysPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Both ends of a pty; whose controlling terminal one is, is specified end to end. */
class TtysContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new TtysPlugin();
    }

    @Override
    protected String kind() {
        return "tty";
    }

    @Override
    protected List<Fd> open() {
        Fd master = FileCalls.open(UnixPath.of("/dev/ptmx"), OpenFlags.RDWR.with(OpenFlags.NOCTTY), 0);
        TerminalCalls.lock(master, false);
        TerminalCalls.windowSize(master, new WindowSize(24, 80, 0, 0));
        Fd slave = TerminalCalls.openPeer(master, OpenFlags.RDWR);
        Fd reader = TerminalCalls.openPeer(master, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK));
        FileCalls.write(master, "typed\n".getBytes(StandardCharsets.UTF_8));
        Await.until("the line arrives, and its echo",
                () -> TerminalCalls.has(slave, Event.READABLE) && TerminalCalls.readable(master) == "typed\r\n".length());
        return List.of(master, slave, reader);
    }

    @Override
    protected String state(Fd file) {
        TerminalCalls.has(file, Event.READABLE); // the kernel moves on what is on its way
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + ", " + TerminalCalls.settings(file) + ", "
                + TerminalCalls.windowSize(file) + ", " + TerminalCalls.readable(file) + " bytes to read";
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
