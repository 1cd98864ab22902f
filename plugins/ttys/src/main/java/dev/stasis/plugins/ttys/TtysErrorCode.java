package dev.stasis.plugins.ttys;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with terminals. */
public enum TtysErrorCode implements ErrorCode {
    /** The number of a pty is in use. */
    PTY_TAKEN(ErrorType.ENVIRONMENT),
    /** The tree was started from a terminal, and the restore has none. */
    NO_TERMINAL(ErrorType.USER),
    /** What was in a terminal cannot be put into the new one. */
    CONTENTS_DO_NOT_FIT(ErrorType.INTERNAL),
    /** The image's entries cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    TtysErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
