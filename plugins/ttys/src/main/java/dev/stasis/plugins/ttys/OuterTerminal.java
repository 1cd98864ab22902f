package dev.stasis.plugins.ttys;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The terminal that a tree was started from, on its way back as the terminal of this process. */
final class OuterTerminal {
    private static final int SIGWINCH = 28;

    private final RestoredInfos infos;

    OuterTerminal(RestoredInfos infos) {
        this.infos = infos;
    }

    /** What would keep {@code record} from coming back. */
    static List<Problem> plan(FileRecord record, RestoreContext context) {
        if (!context.options().isSet(TtysPlugin.SHELL_JOB)) {
            return List.of(new Problem(TtysErrorCode.NO_TERMINAL, subject(record), "it is the terminal that the tree was started from",
                    "restore with --shell-job (-j) from a terminal, and it comes back on that"));
        }
        Optional<Fd> terminal = CurrentTerminal.open(OpenFlags.RDONLY);
        if (terminal.isPresent()) {
            terminal.get().close();
            return List.of();
        }
        return List.of(new Problem(TtysErrorCode.NO_TERMINAL, subject(record),
                "it was the terminal that the tree was started from, and there is none here", "restore from a terminal"));
    }

    private static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }

    /** The open file of {@code record}. */
    Fd restore(FileRecord record) {
        if (infos.of(record).getType() == Info.CONTROLLING) {
            Optional<Fd> own = FileCalls.tryOpen(CurrentTerminal.CONTROLLING, record.flags().with(OpenFlags.NOCTTY));
            if (own.isPresent()) {
                return own.get();
            }
        }
        return CurrentTerminal.open(record.flags()).orElseThrow(() -> new StasisException(new Problem(TtysErrorCode.NO_TERMINAL,
                subject(record), "the terminal of this restore is gone", "restore from a terminal")));
    }

    /** Takes it over, as the last thing: its settings, its foreground; has the tree draw anew. */
    void takeOver(RestoreContext context) {
        Map<Pid, FileRecord> holders = new LinkedHashMap<>();
        for (FileRecord record : context.records()) {
            if (RestoredInfos.isTerminal(record) && infos.of(record).getType() != Info.PTY) {
                for (Holder holder : record.holders()) {
                    holders.putIfAbsent(holder.task(), record);
                }
            }
        }
        boolean done = false;
        for (Map.Entry<Pid, FileRecord> holder : holders.entrySet()) {
            if (!done) {
                takeOver(holder.getKey(), holder.getValue(), context);
                done = true;
            }
            try (RemoteCalls calls = context.remoteCalls(holder.getKey())) {
                calls.call(SyscallNumber.KILL, holder.getKey().number(), SIGWINCH); // by its number in its own pid namespace
            }
        }
    }

    private void takeOver(Pid task, FileRecord record, RestoreContext context) {
        tty_info_entry info = infos.of(record);
        Fd terminal = context.restored(record.id()).orElseThrow();
        if (!FileCalls.isTerminal(terminal)) {
            return; // replaced by --inherit-fd
        }
        if (isOthers(terminal)) {
            context.log().info("the terminal is left as it is, because this restore runs in the background: when the tree uses it,"
                    + " it is stopped, until it is brought to the foreground (fg)");
            return;
        }
        try (RemoteCalls calls = context.remoteCalls(task)) {
            RemoteFd lent = calls.receive(terminal);
            if (info.hasTermios()) {
                calls.tryCall(SyscallNumber.IOCTL, lent.number(), TerminalCalls.TCSETS2,
                        calls.lend(Info.settings(info.getTermios()).bytes()).value());
            }
            if (info.getPgrp() != 0 && foreground(lent, info.getPgrp(), calls) < 0) {
                context.log().info("group " + info.getPgrp() + " is not made the foreground of this terminal, which is not the"
                        + " controlling one of this session");
            }
            calls.call(SyscallNumber.CLOSE, lent.number());
        }
    }

    /** Whether {@code terminal} is our controlling one, with another group in its foreground: the shell at its prompt. */
    private static boolean isOthers(Fd terminal) {
        Optional<Pid> foreground = TerminalCalls.foreground(terminal);
        return foreground.isPresent() && !foreground.equals(ProcessCalls.group(ProcessCalls.self()));
    }

    /** Has the task of {@code calls}, all of whose signals are blocked, bring {@code group} to the foreground of {@code terminal}. */
    static long foreground(RemoteFd terminal, int group, RemoteCalls calls) {
        byte[] number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(group).array();
        return calls.tryCall(SyscallNumber.IOCTL, terminal.number(), TerminalCalls.TIOCSPGRP, calls.lend(number).value());
    }
}
