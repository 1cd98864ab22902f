package dev.stasis.plugins.ttys;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.tty.TerminalCalls.Event;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.plugins.ttys.proto.fown_entry;
import dev.stasis.plugins.ttys.proto.tty_data_entry;
import dev.stasis.plugins.ttys.proto.tty_file_entry;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.plugins.ttys.proto.tty_pty_entry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.OpenFile;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes the terminals of a tree, each once, and remembers what it took out of them. */
final class DumpedTtys {
    private DumpContext dump;
    private final List<Taken> taken = new ArrayList<>();
    private final List<tty_info_entry> infos = new ArrayList<>();
    private final List<tty_data_entry> data = new ArrayList<>();
    private final Set<Integer> known = new HashSet<>();

    /** What was taken out of a pty. */
    private record Taken(Pty pty, ByteArrayOutputStream output, List<Typed> input) {}

    /** The entry of {@code file}; the first call in a dump writes all terminals. */
    byte[] dump(OpenFile file, DumpContext context) {
        if (dump != context) {
            dump = context;
            dumpAll(context);
        }
        FileOwner owner = file.owner();
        return tty_file_entry.newBuilder().setId(file.id().number()).setTtyInfoId(id(file, Role.of(file, context).orElseThrow()))
                .setFlags(file.flags().bits())
                .setFown(fown_entry.newBuilder().setUid(owner.uid()).setEuid(owner.effectiveUid()).setSignum(owner.signal())
                        .setPidType(owner.type()).setPid(owner.id()))
                .build().toByteArray();
    }

    private int id(OpenFile file, Role role) {
        if (role instanceof Role.HungUp) {
            return Info.hungUp(file.id().number());
        }
        int index = role instanceof Role.Master master ? master.index() : role instanceof Role.Slave slave ? slave.index() : -1;
        if (index >= 0 && known.contains(Info.slave(index))) {
            return role instanceof Role.Master ? Info.master(index) : Info.slave(index);
        }
        return Role.isControlling(file) ? Info.controlling() : Info.outer((int) file.status().represents().userEncoding());
    }

    private void dumpAll(DumpContext context) {
        taken.clear();
        infos.clear();
        data.clear();
        known.clear();
        Survey survey = Survey.of(context);
        for (Pty pty : survey.whole()) {
            describe(pty, survey, context);
            take(pty, context);
        }
        List<OpenFile> files = context.files();
        for (int i = 0; i < files.size(); i++) {
            Optional<Role> role = Role.of(files.get(i), context);
            if (role.isPresent() && !known.contains(id(files.get(i), role.get()))) {
                describe(files.get(i), role.get(), survey, context);
            }
        }
        TtyImage.INFO.write(context.image(), infos);
        if (!data.isEmpty()) {
            TtyImage.DATA.write(context.image(), data);
        }
    }

    private void add(tty_info_entry entry) {
        known.add(entry.getId());
        infos.add(entry);
    }

    private void describe(Pty pty, Survey survey, DumpContext context) {
        Fd master = context.descriptor(pty.master);
        tty_info_entry.Builder entry = tty_info_entry.newBuilder().setType(Info.PTY).setLocked(TerminalCalls.isLocked(master))
                .setExclusive(TerminalCalls.isExclusive(pty.slaves.isEmpty() ? master : context.descriptor(pty.slaves.get(0))))
                .setPacketMode(TerminalCalls.isPacketMode(master))
                .setSid(number(TerminalCalls.session(master))).setPgrp(number(TerminalCalls.foreground(master)))
                .setRdev(Role.PTY_MAJOR << 8 | pty.index & 0xff | (pty.index & 0xfff00) << 12)
                .setTermios(Info.settings(TerminalCalls.settings(master)))
                .setTermiosLocked(Info.settings(TerminalCalls.locks(master)))
                .setWinsize(Info.size(TerminalCalls.windowSize(master)))
                .setPty(tty_pty_entry.newBuilder().setIndex(pty.index))
                .setStasisHungUp(pty.slaves.isEmpty() && TerminalCalls.has(master, Event.HUNG_UP));
        Optional<FileStatus> node = FileCalls.tryStatus(UnixPath.of(pty.path()));
        if (node.isPresent()) {
            entry.setUid(node.get().uid()).setGid(node.get().gid()).setStasisMode(node.get().permissions());
        }
        add(entry.setId(Info.slave(pty.index)).build());
        add(entry.setId(Info.master(pty.index)).build());
    }

    private static int number(Optional<Pid> pid) {
        return pid.isEmpty() ? 0 : pid.get().number();
    }

    private void take(Pty pty, DumpContext context) {
        Fd master = context.descriptor(pty.master);
        Taken all = new Taken(pty, new ByteArrayOutputStream(), new ArrayList<>());
        taken.add(all);
        all.output().writeBytes(Queues.takeOutput(master));
        if (!pty.slaves.isEmpty() && reader(pty).flags().accessMode().reads()) {
            all.input().addAll(Queues.takeInput(context.descriptor(reader(pty))));
            // What was typed a moment ago may have arrived only now, and its echo with it.
            all.output().writeBytes(Queues.takeOutput(master));
        }
        byte[] output = all.output().toByteArray();
        if (output.length > 0) {
            data.add(Info.output(pty.index, output));
            mark(Info.master(pty.index));
        }
        if (!all.input().isEmpty()) {
            data.add(Info.input(pty.index, all.input()));
            mark(Info.slave(pty.index));
        }
    }

    /** Says in the entry of terminal {@code id} that something of it is in the other file. */
    private void mark(int id) {
        for (int i = 0; i < infos.size(); i++) {
            if (infos.get(i).getId() == id) {
                infos.set(i, infos.get(i).toBuilder().setStasisWaiting(true).build());
            }
        }
    }

    private static OpenFile reader(Pty pty) {
        for (OpenFile slave : pty.slaves) {
            if (slave.flags().accessMode().reads()) {
                return slave;
            }
        }
        return pty.slaves.get(0);
    }

    private static OpenFile writer(Pty pty) {
        for (OpenFile slave : pty.slaves) {
            if (slave.flags().accessMode().writes()) {
                return slave;
            }
        }
        return pty.slaves.get(0);
    }

    /** One that the tree does not have wholly. */
    private void describe(OpenFile file, Role role, Survey survey, DumpContext context) {
        boolean hungUp = role instanceof Role.HungUp;
        tty_info_entry.Builder entry = tty_info_entry.newBuilder().setId(id(file, role))
                .setType(hungUp ? Info.PTY : Role.isControlling(file) ? Info.CONTROLLING : Info.OUTER)
                .setLocked(false).setExclusive(false).setPacketMode(false).setSid(0).setPgrp(0)
                .setRdev((int) file.status().represents().userEncoding());
        if (hungUp) {
            entry.setStasisHungUp(true);
        } else {
            Fd terminal = context.descriptor(file);
            entry.setTermios(Info.settings(TerminalCalls.settings(terminal)))
                    .setWinsize(Info.size(TerminalCalls.windowSize(terminal)))
                    .setPgrp(foregroundOfTree(file, survey));
        }
        add(entry.build());
    }

    /** The foreground group of a terminal from outside, if a task of the tree is in it; else 0. */
    private static int foregroundOfTree(OpenFile file, Survey survey) {
        for (Pid task : survey.tasks()) {
            TaskStat stat = TaskStat.parse(ProcFile.read(task, "stat"));
            if (stat.terminal() != 0 && stat.foreground() == stat.group() && stat.group() > 0) {
                return stat.group();
            }
        }
        return 0;
    }

    /** Forgets what was taken out of an earlier tree. */
    void forget() {
        taken.clear();
    }

    /** Puts back all that was taken, for a tree that is to run on. */
    void giveBack(DumpContext context) {
        List<Taken> all = new ArrayList<>(taken);
        taken.clear();
        for (Taken one : all) {
            Fd master = context.descriptor(one.pty().master);
            if (!one.pty().slaves.isEmpty()) {
                Queues.putInput(master, context.descriptor(reader(one.pty())), one.input());
                Queues.putOutput(context.descriptor(writer(one.pty())), one.output().toByteArray());
            } else if (one.output().size() > 0) {
                try (Fd slave = TerminalCalls.openPeer(master, OpenFlags.RDWR)) {
                    Queues.putOutput(slave, one.output().toByteArray());
                }
            }
        }
    }
}
