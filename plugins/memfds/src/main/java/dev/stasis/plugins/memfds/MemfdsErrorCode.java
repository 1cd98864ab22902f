package dev.stasis.plugins.memfds;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with memfds. */
public enum MemfdsErrorCode implements ErrorCode {
    /** The image lacks the file with a memfd's contents. */
    CONTENTS_MISSING(ErrorType.USER),
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
