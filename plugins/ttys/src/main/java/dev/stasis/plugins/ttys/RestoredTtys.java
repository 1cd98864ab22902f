package dev.stasis.plugins.ttys;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.plugins.ttys.proto.tty_data_entry;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The terminals of an image on their way back. */
final class RestoredTtys {
    private RestoreContext entered;
    private final RestoredInfos infos = new RestoredInfos();
    private final OuterTerminal outer = new OuterTerminal(infos);
    private final Map<Integer, RestoredPty> ptys = new LinkedHashMap<>();
    private final Set<Integer> planned = new HashSet<>();

    private void enter(RestoreContext context) {
        if (entered != context) {
            entered = context;
            infos.read(context);
            ptys.clear();
            planned.clear();
        }
    }

    /** What would keep {@code record} from coming back. */
    List<Problem> plan(FileRecord record, RestoreContext context) {
        TtyImage.INFO.require(context.image());
        enter(context);
        tty_info_entry info = infos.of(record);
        if (info.getType() == Info.PTY && info.hasPty()) {
            int index = info.getPty().getIndex();
            boolean taken = planned.add(index) && FileCalls.tryStatus(UnixPath.of("/dev/pts/" + index)).isPresent();
            return taken ? List.of(RestoredPty.taken(index)) : List.of();
        }
        return info.getType() == Info.PTY ? List.of() : OuterTerminal.plan(record, context);
    }

    /** Makes all ptys, before any task is born: a session gets its controlling terminal at its birth or never. */
    void makePtys(RestoreContext context) {
        enter(context);
        Set<Integer> opened = new HashSet<>();
        Set<Integer> masters = new HashSet<>();
        for (FileRecord record : context.records()) {
            if (RestoredInfos.isTerminal(record)) {
                tty_info_entry info = infos.of(record);
                if (RestoredInfos.isMaster(info)) {
                    masters.add(info.getPty().getIndex());
                } else if (info.hasPty()) {
                    opened.add(info.getPty().getIndex());
                }
            }
        }
        for (int index : masters) {
            make(index, opened.contains(index), context);
        }
        fill(context);
    }

    private void make(int index, boolean withSlave, RestoreContext context) {
        tty_info_entry info = infos.ofMaster(index);
        boolean controls = info.getSid() != 0;
        RestoredPty pty = context.own(RestoredPty.make(info, withSlave || controls));
        ptys.put(index, pty);
        if (controls) {
            context.controllingTerminal(new Pid(info.getSid()), pty.slave);
        }
    }

    private void fill(RestoreContext context) {
        for (tty_data_entry entry : TtyImage.DATA.read(context.image(), tty_data_entry.parser())) {
            RestoredPty pty = ptys.get(entry.getTtyId() / 2);
            if (pty == null) {
                continue;
            }
            if (entry.getTtyId() % 2 == 0) {
                Queues.putInput(pty.master, pty.slave, Info.input(entry));
            } else if (pty.slave != null) {
                Queues.putOutput(pty.slave, entry.getData().toByteArray());
            } else {
                try (Fd slave = TerminalCalls.openPeer(pty.master, OpenFlags.RDWR)) {
                    Queues.putOutput(slave, entry.getData().toByteArray());
                }
            }
        }
    }

    /** The open file of {@code record}. */
    Fd restore(FileRecord record, RestoreContext context) {
        enter(context);
        tty_info_entry info = infos.of(record);
        if (info.getType() != Info.PTY) {
            return outer.restore(record);
        }
        if (!info.hasPty()) {
            return hungUp(record);
        }
        RestoredPty pty = ptys.get(info.getPty().getIndex());
        if (pty == null) {
            throw RestoredInfos.malformed(record, "the image has no master of its terminal");
        }
        if (!RestoredInfos.isMaster(info)) {
            return TerminalCalls.openPeer(pty.master, record.flags());
        }
        Fd master = pty.master.duplicate();
        FileCalls.flags(master, record.flags());
        return master;
    }

    /** The slave of a pty whose master is closed at once. */
    private static Fd hungUp(FileRecord record) {
        try (Fd master = FileCalls.open(UnixPath.of("/dev/ptmx"), OpenFlags.RDWR.with(OpenFlags.NOCTTY), 0)) {
            TerminalCalls.lock(master, false);
            return TerminalCalls.openPeer(master, record.flags());
        }
    }

    /** Gives the ptys their foreground groups, and keeps others from opening them where they could not before. */
    void makeForeground(RestoreContext context) {
        enter(context);
        for (RestoredPty pty : ptys.values()) {
            if (pty.info.getSid() != 0 && pty.info.getPgrp() != 0) {
                foreground(new Pid(pty.info.getSid()), pty.slave, pty.info.getPgrp(), context);
            }
            pty.seal();
            pty.close(); // the last to have the slave open here would keep the master from seeing it closed
        }
    }

    private static void foreground(Pid task, Fd terminal, int group, RestoreContext context) {
        try (RemoteCalls calls = context.remoteCalls(task)) {
            RemoteFd lent = calls.receive(terminal);
            long result = OuterTerminal.foreground(lent, group, calls);
            if (result < 0) {
                throw new KernelException("ioctl TIOCSPGRP", "in task " + task, new Errno((int) -result));
            }
            calls.call(SyscallNumber.CLOSE, lent.number());
        }
    }

    /** Takes over the terminal of this process, if the tree was started from one. */
    void takeOver(RestoreContext context) {
        enter(context);
        outer.takeOver(context);
    }
}
