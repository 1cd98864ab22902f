package dev.stasis.host.cli;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import sun.misc.Signal;

/** Waits for a restored root as its parent: passes on the signals that ask this process to end, and ends as the root does. */
final class Attendance {
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
        return ProcessCalls.awaitChild(child).map(ChildExit::shellStatus).orElse(ExitStatus.FAILED);
    }
}
