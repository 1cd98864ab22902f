package dev.stasis.host.task.rebirth;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can stand in the way of bringing tasks back. */
public enum RebirthError implements ErrorCode {
    /** A wanted pid, tid, group or session number is in use by a process that is not of the tree. */
    PID_TAKEN(ErrorType.ENVIRONMENT),
    /** A wanted number is that of a thread of this very process; another start, in the same process too, gets other numbers. */
    PID_IS_OURS(ErrorType.ENVIRONMENT),
    /** A wanted number is that of this very process; only another process gets another. */
    PID_IS_OUR_PROCESS(ErrorType.ENVIRONMENT),
    /** The kernel's own pages (vdso, vvar) are not those that the tasks ran with. */
    KERNEL_DIFFERS(ErrorType.ENVIRONMENT),
    /** The tasks' mappings leave no room for what a restore needs meanwhile. */
    NO_ROOM(ErrorType.UNSUPPORTED),
    /** A task is in a session that no process could have given it. */
    SESSION_UNREACHABLE(ErrorType.UNSUPPORTED),
    /** A System V segment, or its key, is in use by others. */
    SEGMENT_TAKEN(ErrorType.ENVIRONMENT),
    /** The records contradict each other. */
    BAD_RECORDS(ErrorType.USER),
    /** An open file that a task refers to was not opened. */
    FILE_MISSING(ErrorType.INTERNAL),
    /** A task was killed by someone else while it was built. */
    TASK_KILLED(ErrorType.ENVIRONMENT),
    /** This process is confined in a way that every task would inherit and nobody could take away again. */
    CONFINED(ErrorType.ENVIRONMENT),
    /** The root would be told at once that its parent has ended. */
    PARENT_ENDS(ErrorType.USER),
    /** The kernel refused a call that a restore needs. */
    CALL_REFUSED(ErrorType.ENVIRONMENT);

    private final ErrorType type;

    RebirthError(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
