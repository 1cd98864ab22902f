package dev.stasis.plugins.memfds;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with memfds. */
public enum MemfdsErrorCode implements ErrorCode {
    /** The image lacks the file with a memfd's contents. */
    CONTENTS_MISSING(ErrorType.USER),
    /** A process outside of the tree has the same memfd open. */
    MEMFD_SHARED_OUTSIDE(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    MemfdsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
