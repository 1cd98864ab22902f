package dev.stasis.plugins.ttys;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.plugins.ttys.proto.tty_data_entry;
import dev.stasis.plugins.ttys.proto.tty_file_entry;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The terminals of an image on their way back. */
final class RestoredTtys {
    private static final String KIND = "tty";
    private static final int SIGWINCH = 28;

    private RestoreContext entered;
    private final Map<Integer, tty_info_entry> infos = new HashMap<>();
    private final Map<Integer, RestoredPty> ptys = new LinkedHashMap<>();
    private final Set<Integer> planned = new HashSet<>();

    private void enter(RestoreContext context) {
        if (entered != context) {
            entered = context;
            infos.clear();
            ptys.clear();
            planned.clear();
            for (tty_info_entry info : TtyImage.INFO.read(context.image(), tty_info_entry.parser())) {
                infos.put(info.getId(), info);
                if (info.getStasisWaiting()) {
                    TtyImage.DATA.require(context.image());
                }
            }
        }
    }

    private tty_info_entry info(FileRecord record) {
        tty_info_entry info = infos.get(infoId(record));
        if (info == null) {
            throw malformed(record, "the image says nothing of its terminal");
        }
        return info;
    }

    private static int infoId(FileRecord record) {
        try {
            return tty_file_entry.parseFrom(record.payload()).getTtyInfoId();
        } catch (InvalidProtocolBufferException e) {
            throw malformed(record, e.getMessage());
        }
    }

    private static StasisException malformed(FileRecord record, String reason) {
        return new StasisException(new Problem(TtysErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), reason,
                "the image was not made by this version of the plugin"));
    }

    private static boolean isMaster(tty_info_entry info) {
        return info.getType() == Info.PTY && info.hasPty() && info.getId() == Info.master(info.getPty().getIndex());
    }

    /** What would keep {@code record} from coming back. */
    List<Problem> plan(FileRecord record, RestoreContext context) {
        TtyImage.INFO.require(context.image());
        enter(context);
        tty_info_entry info = info(record);
        if (info.getType() == Info.PTY && info.hasPty()) {
            int index = info.getPty().getIndex();
            boolean taken = planned.add(index) && FileCalls.tryStatus(UnixPath.of("/dev/pts/" + index)).isPresent();
            return taken ? List.of(RestoredPty.taken(index)) : List.of();
        }
        if (info.getType() == Info.PTY) {
            return List.of();
        }
        Optional<Fd> terminal = CurrentTerminal.open(OpenFlags.RDONLY);
        if (terminal.isPresent()) {
            terminal.get().close();
        }
        if (!context.options().isSet(TtysPlugin.SHELL_JOB)) {
            return List.of(new Problem(TtysErrorCode.NO_TERMINAL, subject(record), "it is the terminal that the tree was started from",
                    "restore with --shell-job (-j) from a terminal, and it comes back on that"));
        }
        return terminal.isPresent() ? List.of() : List.of(new Problem(TtysErrorCode.NO_TERMINAL, subject(record),
                "it was the terminal that the tree was started from, and there is none here", "restore from a terminal"));
    }

    private static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }

    /** Makes all ptys, before any task is born: a session gets its controlling terminal at its birth or never. */
    void makePtys(RestoreContext context) {
        enter(context);
        Set<Integer> opened = new HashSet<>();
        Set<Integer> masters = new HashSet<>();
        for (FileRecord record : context.records()) {
            if (record.kind().equals(KIND)) {
                tty_info_entry info = info(record);
                if (isMaster(info)) {
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
        tty_info_entry info = infos.get(Info.master(index));
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
        tty_info_entry info = info(record);
        if (info.getType() != Info.PTY) {
            return outer(record, info);
        }
        if (!info.hasPty()) {
            return hungUp(record);
        }
        RestoredPty pty = ptys.get(info.getPty().getIndex());
        if (pty == null) {
            throw malformed(record, "the image has no master of its terminal");
        }
        if (!isMaster(info)) {
            return TerminalCalls.openPeer(pty.master, record.flags());
        }
        Fd master = pty.master.duplicate();
        FileCalls.flags(master, record.flags());
        return master;
    }

    private static Fd outer(FileRecord record, tty_info_entry info) {
        if (info.getType() == Info.CONTROLLING) {
            Optional<Fd> own = FileCalls.tryOpen(CurrentTerminal.CONTROLLING, record.flags().with(OpenFlags.NOCTTY));
            if (own.isPresent()) {
                return own.get();
            }
        }
        return CurrentTerminal.open(record.flags()).orElseThrow(() -> new StasisException(new Problem(TtysErrorCode.NO_TERMINAL,
                subject(record), "the terminal of this restore is gone", "restore from a terminal")));
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
            byte[] number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(group).array();
            calls.call(SyscallNumber.IOCTL, lent.number(), TerminalCalls.TIOCSPGRP, calls.lend(number).value());
            calls.call(SyscallNumber.CLOSE, lent.number());
        }
    }

    /** Takes over the terminal of this process, as the last thing: its settings, its foreground; has the tree draw anew. */
    void takeOver(RestoreContext context) {
        enter(context);
        Map<Pid, FileRecord> holders = new LinkedHashMap<>();
        for (FileRecord record : context.records()) {
            if (record.kind().equals(KIND) && info(record).getType() != Info.PTY) {
                for (Holder holder : record.holders()) {
                    holders.putIfAbsent(holder.task(), record);
                }
            }
        }
        boolean done = false;
        for (Map.Entry<Pid, FileRecord> holder : new ArrayList<>(holders.entrySet())) {
            if (!done) {
                takeOver(holder.getKey(), holder.getValue(), context);
                done = true;
            }
            try (RemoteCalls calls = context.remoteCalls(holder.getKey())) {
                calls.call(SyscallNumber.KILL, holder.getKey().number(), SIGWINCH); // by its number in its own pid namespace
            }
        }
    }

    /** By a task of the tree, all of whose signals are blocked: this process may be in the background, and would be stopped. */
    private void takeOver(Pid task, FileRecord record, RestoreContext context) {
        tty_info_entry info = info(record);
        Fd terminal = context.restored(record.id()).orElseThrow();
        if (!FileCalls.isTerminal(terminal)) {
            return; // replaced by --inherit-fd
        }
        try (RemoteCalls calls = context.remoteCalls(task)) {
            RemoteFd lent = calls.receive(terminal);
            if (info.hasTermios()) {
                calls.tryCall(SyscallNumber.IOCTL, lent.number(), TerminalCalls.TCSETS2,
                        calls.lend(Info.settings(info.getTermios()).bytes()).value());
            }
            if (info.getPgrp() != 0) {
                byte[] group = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(info.getPgrp()).array();
                if (calls.tryCall(SyscallNumber.IOCTL, lent.number(), TerminalCalls.TIOCSPGRP, calls.lend(group).value()) < 0) {
                    context.log().info("group " + info.getPgrp() + " is not made the foreground of this terminal, which is not the"
                            + " controlling one of this session");
                }
            }
            calls.call(SyscallNumber.CLOSE, lent.number());
        }
    }
}
