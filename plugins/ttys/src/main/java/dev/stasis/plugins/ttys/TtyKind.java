package dev.stasis.plugins.ttys;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.linux.tty.TerminalCalls.Event;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** Open files of terminals. */
final class TtyKind implements FdKind {
    /** CRIU's TTY and its field in a file entry. */
    private static final ImageType TTY = new ImageType(11, 19);

    private final DumpedTtys dumped;
    private final RestoredTtys restored;
    private ClaimContext surveyed;
    private Survey survey;

    TtyKind(DumpedTtys dumped, RestoredTtys restored) {
        this.dumped = dumped;
        this.restored = restored;
    }

    @Override
    public String name() {
        return "tty";
    }

    @Override
    public ImageType imageType() {
        return TTY;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        Optional<Role> role = Role.of(file, context);
        if (role.isEmpty()) {
            return Claim.none();
        }
        if (role.get() instanceof Role.HungUp) {
            return Claim.take(Claim.Fit.TYPE);
        }
        if (surveyed != context) {
            survey = Survey.of(context);
            surveyed = context;
        }
        Pty pty = role.get() instanceof Role.Master master ? survey.of(master.index())
                : role.get() instanceof Role.Slave slave ? survey.of(slave.index()) : null;
        return pty == null || pty.master == null ? outer(file, pty, context) : whole(pty, context);
    }

    /** A terminal that somebody outside of the tree provides. */
    private Claim outer(OpenFile file, Pty pty, ClaimContext context) {
        for (Holder holder : file.holders()) {
            TaskStat stat = TaskStat.parse(ProcFile.read(holder.task(), "stat"));
            if (stat.session() > 0 && survey.hasTask(new Pid(stat.session())) && stat.terminal() != 0) {
                return refuse("it is the controlling terminal of session " + stat.session() + ", which the tree leads, and its other"
                        + " end is outside of the tree" + by(pty), "dump a process below the session's leader, or all down from"
                        + " who provides the terminal");
            }
        }
        return context.options().isSet(TtysPlugin.SHELL_JOB) ? Claim.take(Claim.Fit.TYPE)
                : refuse("its other end is outside of the tree" + by(pty), "dump and restore with --shell-job (-j), and it comes"
                + " back on the terminal of the restore");
    }

    private String by(Pty pty) {
        String holders = pty == null ? "" : survey.holders(pty);
        return holders.isEmpty() ? "" : ": " + holders;
    }

    private Claim whole(Pty pty, ClaimContext context) {
        Fd master = context.descriptor(pty.master);
        String holders = survey.holders(pty);
        if (!holders.isEmpty()) {
            return refuse("pty " + pty.index + " is held outside of the tree: " + holders, "end that process, or dump a tree"
                    + " that it belongs to");
        }
        Optional<Pid> session = TerminalCalls.session(master);
        if (session.isPresent() && !survey.hasTask(session.get())) {
            return refuse("pty " + pty.index + " is the controlling terminal of session " + session.get()
                    + ", which is led from outside of the tree", "dump a tree that its leader belongs to");
        }
        if (!pty.slaves.isEmpty() && TerminalCalls.discipline(context.descriptor(pty.slaves.get(0))) != 0) {
            return refuse("it has another line discipline than the usual one", "");
        }
        if (TerminalCalls.isPacketMode(master) && TerminalCalls.has(master, Event.STATUS)) {
            return refuse("a control byte of packet mode waits in it", "try again when it was read");
        }
        return Claim.take(Claim.Fit.TYPE);
    }

    private static Claim refuse(String reason, String help) {
        return Claim.refuse(Claim.Fit.TYPE, reason, help);
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.dump(file, context);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return restored.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.restore(record, context);
    }
}
