package dev.stasis.host.cli;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.WaitStatus;
import dev.stasis.linux.tty.TerminalCalls;
import java.util.Optional;
import sun.misc.Signal;

/**
 * Waits for a restored root as its parent: passes on the signals that ask this process to end, and ends as the root does. A root
 * that its terminal has stopped (Ctrl-Z) stops this process too, so that the shell behind it comes to the fore; and is continued
 * with it.
 */
final class Attendance {
    private static final int WUNTRACED = 2;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int SIGTSTP = 20;
    private static final int SIGTTOU = 22;

    private final Pid root;
    private final Pid child;

    private Attendance(Pid root, Pid child) {
        this.root = root;
        this.child = child;
    }

    /** That of {@code root}, whose status child {@code child} of this process has when it ends: often the root itself. */
    static Attendance of(Pid root, Pid child) {
        return new Attendance(root, child);
    }

    /** Waits until the root is gone; returns its exit code, or 128 and the signal that killed it, as a shell does. */
    int awaitExit() {
        for (String name : Interruption.SIGNALS) {
            Signal.handle(new Signal(name), signal -> ProcessCalls.kill(root, signal.getNumber()));
        }
        NativeMemory status = NativeMemory.allocate(Long.BYTES);
        while (true) {
            long result = SystemCalls.tryCall(SyscallNumber.WAIT4, child.number(), status.address(), WUNTRACED, 0);
            WaitStatus change = new WaitStatus(status.getInt(0));
            if (result == -Errno.EINTR.number()) {
                continue;
            }
            if (result < 0) {
                return ExitStatus.FAILED;
            }
            if (!change.isStop()) {
                return new ChildExit(change.raw()).shellStatus();
            }
            if (change.stopSignal() >= SIGTSTP && change.stopSignal() <= SIGTTOU) {
                stopWithIt();
            }
        }
    }

    /** Returns when this process was continued, and the root with it. */
    private void stopWithIt() {
        // To this very thread, which then stops before it returns: sent to the process, another might take it a moment later.
        ProcessCalls.killThread(ProcessCalls.self(), ProcessCalls.selfThread(), SIGSTOP);
        Optional<Pid> group = ProcessCalls.group(root);
        if (group.isPresent()) {
            giveTerminalTo(group.get());
            SystemCalls.tryCall(SyscallNumber.KILL, -group.get().number(), SIGCONT);
        }
    }

    /** If the shell has put us to the fore. In the background, where we are not to take it, the kernel would stop us for trying. */
    private static void giveTerminalTo(Pid group) {
        Optional<Fd> terminal = FileCalls.tryOpen(UnixPath.of("/dev/tty"), OpenFlags.RDWR);
        if (terminal.isEmpty()) {
            return;
        }
        try (Fd tty = terminal.get()) {
            if (TerminalCalls.foreground(tty).equals(ProcessCalls.group(ProcessCalls.self()))) {
                NativeMemory number = NativeMemory.allocate(Long.BYTES);
                number.putInt(0, group.number());
                SystemCalls.tryCall(SyscallNumber.IOCTL, tty.number(), TerminalCalls.TIOCSPGRP, number.address());
            }
        }
    }
}
