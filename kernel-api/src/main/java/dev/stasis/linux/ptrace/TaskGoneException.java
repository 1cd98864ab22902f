package dev.stasis.linux.ptrace;

import dev.stasis.linux.Pid;

/** A task that was to do something was killed meanwhile, by someone else. */
public final class TaskGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Pid tid;
    private final transient WaitStatus status;

    /** Task {@code tid} ended with {@code status}. */
    public TaskGoneException(Pid tid, WaitStatus status) {
        super("task " + tid + " is gone: " + status);
        this.tid = tid;
        this.status = status;
    }

    /** The task. */
    public Pid tid() {
        return tid;
    }

    /** How it ended. */
    public WaitStatus status() {
        return status;
    }
}
