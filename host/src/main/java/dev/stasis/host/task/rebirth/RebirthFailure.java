package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** What the kernel refused, or who was killed, in the middle of a restore, told as a problem like any other. */
final class RebirthFailure {
    private RebirthFailure() {}

    /** What to throw for {@code failure}; an error is thrown itself. */
    static RuntimeException of(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof KernelException e && e.is(Errno.ESRCH)) {
            return new StasisException(new Problem(RebirthError.TASK_KILLED, "the restore", "somebody killed a process that it was"
                    + " building, or the one that watches over all of them: the kernel knows it no more, " + e.getMessage(),
                    "restore again; nothing of it is left"), e);
        }
        if (failure instanceof KernelException e) {
            return new StasisException(new Problem(RebirthError.CALL_REFUSED, "the restore", e.getMessage(),
                    "the log tells what was done before"), e);
        }
        if (failure instanceof TaskGoneException e) {
            return new StasisException(new Problem(RebirthError.TASK_KILLED, "task " + e.tid(),
                    "it was killed while it was being built: " + e.status(), "restore again"), e);
        }
        return (RuntimeException) failure;
    }
}
