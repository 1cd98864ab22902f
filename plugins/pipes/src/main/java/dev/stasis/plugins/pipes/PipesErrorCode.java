package dev.stasis.plugins.pipes;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with pipes. */
public enum PipesErrorCode implements ErrorCode {
    /** The other end of a pipe was outside the tree, and nothing takes the pipe's place. */
    PIPE_NOT_REPLACED(ErrorType.USER),
    /** A pipe has more room than this process may give it. */
    CAPACITY_BEYOND_LIMIT(ErrorType.ENVIRONMENT),
    /** Where a FIFO was is none any more. */
    FIFO_MISSING(ErrorType.ENVIRONMENT),
    /** What was in a pipe does not fit into the new one. */
    CONTENTS_DO_NOT_FIT(ErrorType.INTERNAL),
    /** The image lacks the file with the contents. */
    CONTENTS_MISSING(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    PipesErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
