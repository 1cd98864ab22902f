package dev.stasis.host.cli;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.tty.TerminalCalls;
import java.util.Optional;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The foreground of our terminal, as far as a restored tree that we wait for has to do with it. To the shell behind us the tree is
 * part of the job that we are: in the foreground when we are, stopped when we are. Used by one thread.
 */
final class Foreground {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int SIGTSTP = 20;
    private static final int SIGTTOU = 22;
    private static final int SIG_BLOCK = 0;

    private final Optional<Pid> ours = ProcessCalls.group(ProcessCalls.self());
    private final Pid root;

    /** For the tree of {@code root}. */
    Foreground(Pid root) {
        this.root = root;
    }

    /** Whether a key of the terminal that is meant for us is not meant for the root as well, being of another group. */
    boolean isApart() {
        return !ours.equals(groupOfRoot());
    }

    private Optional<Pid> groupOfRoot() {
        return ProcessCalls.group(root);
    }

    /** If we are in the foreground, brings the root's group there: also one that was in the background when it was dumped. */
    void giveToRoot() {
        Optional<Pid> group = groupOfRoot();
        if (group.isPresent() && isApart() && now().equals(ours)) {
            set(group.get());
        }
    }

    /** Takes back what nobody has any more, for those that come after us in a script: the group there is gone. */
    void takeBack() {
        Optional<Pid> now = now();
        if (now.isPresent() && ours.isPresent() && !now.equals(ours) && isGone(now.get())) {
            set(ours.get());
        }
    }

    private static boolean isGone(Pid group) {
        return SystemCalls.tryCall(SyscallNumber.KILL, -group.number(), 0) == -Errno.ESRCH.number();
    }

    /** Stops us with the root, as one job; returns when we were continued, and the root with us. */
    void stopWithRoot() {
        stopThoseOfOurGroup();
        // To this very thread, which then stops before it returns: sent to the process, another might take it a moment later.
        ProcessCalls.killThread(ProcessCalls.self(), ProcessCalls.selfThread(), SIGSTOP);
        Optional<Pid> group = groupOfRoot();
        if (group.isPresent()) {
            giveToRoot();
            SystemCalls.tryCall(SyscallNumber.KILL, -group.get().number(), SIGCONT);
        }
    }

    /** Such as the script that started us. We must not get it too, which may be told to us only when all of this is over. */
    private static void stopThoseOfOurGroup() {
        Signal stop = new Signal("TSTP");
        SignalHandler before = Signal.handle(stop, SignalHandler.SIG_IGN);
        SystemCalls.tryCall(SyscallNumber.KILL, 0, SIGTSTP);
        Signal.handle(stop, before);
    }

    private static Optional<Pid> now() {
        Optional<Fd> terminal = terminal();
        if (terminal.isEmpty()) {
            return Optional.empty();
        }
        try (Fd tty = terminal.get()) {
            return TerminalCalls.foreground(tty);
        }
    }

    /** Our controlling one; none when we have none, or it was hung up. */
    private static Optional<Fd> terminal() {
        try {
            return FileCalls.tryOpen(UnixPath.of("/dev/tty"), OpenFlags.RDWR);
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    /** One who is not in the foreground himself is stopped for that unless this thread blocks the signal. */
    private static void set(Pid group) {
        NativeMemory memory = NativeMemory.allocate(2 * Long.BYTES);
        memory.putLong(0, 1L << (SIGTTOU - 1)).putInt(Long.BYTES, group.number());
        SystemCalls.tryCall(SyscallNumber.RT_SIGPROCMASK, SIG_BLOCK, memory.address(), 0, Long.BYTES);
        Optional<Fd> terminal = terminal();
        if (terminal.isEmpty()) {
            return;
        }
        try (Fd tty = terminal.get()) {
            SystemCalls.tryCall(SyscallNumber.IOCTL, tty.number(), TerminalCalls.TIOCSPGRP, memory.address() + Long.BYTES);
        }
    }
}
