package dev.stasis.plugins.ttys;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** A pty made again, both ends open in this process. Closing it closes these; tasks that hold an end keep it. */
final class RestoredPty implements AutoCloseable {
    private static final UnixPath PTMX = UnixPath.of("/dev/ptmx");

    final tty_info_entry info;
    final Fd master;
    /** Null when nobody ever had it open: opening and closing it would show at the master. */
    final Fd slave;

    private RestoredPty(tty_info_entry info, Fd master, Fd slave) {
        this.info = info;
        this.master = master;
        this.slave = slave;
    }

    /** Makes that of {@code info}, with {@code withSlave} its slave too. */
    static RestoredPty make(tty_info_entry info, boolean withSlave) {
        Fd master = master(info.getPty().getIndex());
        try {
            TerminalCalls.lock(master, false);
            Fd slave = withSlave || info.getStasisHungUp() ? TerminalCalls.openPeer(master, OpenFlags.RDWR) : null;
            RestoredPty pty = new RestoredPty(info, master, slave);
            pty.set();
            return pty;
        } catch (RuntimeException e) {
            master.close();
            throw e;
        }
    }

    /** The kernel gives out the lowest free number, so those below are taken meanwhile. */
    private static Fd master(int index) {
        List<Fd> lower = new ArrayList<>();
        try {
            while (true) {
                Fd master = FileCalls.open(PTMX, OpenFlags.RDWR.with(OpenFlags.NOCTTY), 0);
                int number = TerminalCalls.ptyNumber(master).orElse(-1);
                if (number == index) {
                    return master;
                }
                lower.add(master);
                if (number > index) {
                    throw new StasisException(taken(index));
                }
            }
        } finally {
            for (Fd fd : lower) {
                fd.close();
            }
        }
    }

    /** That pty {@code index} is in use. */
    static Problem taken(int index) {
        return new Problem(TtysErrorCode.PTY_TAKEN, "pty " + index, "/dev/pts/" + index + " is in use",
                "close the terminal that has it, or restore in a mount namespace with a new devpts");
    }

    private void set() {
        TerminalCalls.settings(master, Info.settings(info.getTermios()));
        TerminalCalls.windowSize(master, Info.size(info.getWinsize()));
        TerminalCalls.packetMode(master, info.getPacketMode());
        if (slave != null && info.hasStasisMode()) {
            InodeCalls.owner(slave, info.getUid(), info.getGid());
            InodeCalls.permissions(slave, info.getStasisMode());
        }
    }

    /** What keeps others from opening and changing it: when all that had it open have it again. */
    void seal() {
        if (info.hasTermiosLocked()) {
            TerminalCalls.locks(master, Info.settings(info.getTermiosLocked()));
        }
        if (info.getExclusive()) {
            TerminalCalls.makeExclusive(slave == null ? master : slave);
        }
        TerminalCalls.lock(master, info.getLocked());
    }

    @Override
    public void close() {
        if (slave != null) {
            slave.close();
        }
        master.close();
    }
}
