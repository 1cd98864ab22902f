package dev.stasis.host.cli;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import sun.misc.Signal;

/** Waits for a restored root as its parent: passes on the signals that ask this process to end, and ends as the root does. */
final class Attendance {
    private final Pid root;

    private Attendance(Pid root) {
        this.root = root;
    }

    static Attendance of(Pid root) {
        return new Attendance(root);
    }

    /** Waits until the root is gone; returns its exit code, or 128 and the signal that killed it, as a shell does. */
    int awaitExit() {
        for (String name : Interruption.SIGNALS) {
            Signal.handle(new Signal(name), signal -> ProcessCalls.kill(root, signal.getNumber()));
        }
        return ProcessCalls.awaitChild(root).map(ChildExit::shellStatus).orElse(ExitStatus.FAILED);
    }
}
