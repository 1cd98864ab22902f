package dev.stasis.host.cli;

import dev.stasis.linux.Errno;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.WaitStatus;
import sun.misc.Signal;

/**
 * Waits for a restored root as its parent: passes on the signals that ask this process to end, and ends as the root does. A root
 * that its terminal has stopped (Ctrl-Z) stops this process too, so that the shell behind it comes to the fore; and is continued
 * with it. In between the root's group is in the foreground whenever this process is meant to be.
 */
final class Attendance {
    private static final int WUNTRACED = 2;
    private static final int SIGTSTP = 20;
    private static final int SIGTTOU = 22;

    private final Pid root;
    private final Pid child;
    private final Foreground foreground;

    private Attendance(Pid root, Pid child) {
        this.root = root;
        this.child = child;
        this.foreground = new Foreground(root);
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
        Signal.handle(new Signal("TSTP"), signal -> passOnStop());
        foreground.giveToRoot();
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
                foreground.takeBack();
                return new ChildExit(change.raw()).shellStatus();
            }
            if (change.stopSignal() >= SIGTSTP && change.stopSignal() <= SIGTTOU) {
                foreground.stopWithRoot();
            }
        }
    }

    /** One of the root's own group has got it from the terminal, too. */
    private void passOnStop() {
        if (foreground.isApart()) {
            ProcessCalls.kill(root, SIGTSTP);
        }
    }
}
