package dev.stasis.host.phase;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can go wrong between the stages. */
public enum PhaseError implements ErrorCode {
    /** The image needs a newer version of a plugin. */
    PLUGIN_TOO_OLD(ErrorType.USER),
    /** A file of a process of the tree, whose path would not lead to it. */
    FILE_OF_A_PROCESS(ErrorType.USER),
    /** The image does not fit where it is to be. */
    NO_ROOM(ErrorType.ENVIRONMENT),
    /** A task was killed by someone else in the middle of the work. */
    TASK_GONE(ErrorType.ENVIRONMENT),
    /** The kernel refused a call that should have worked. */
    KERNEL_REFUSED(ErrorType.ENVIRONMENT);

    private final ErrorType type;

    PhaseError(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
