package dev.stasis.plugins.signalfds;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with signalfds. */
public enum SignalfdsErrorCode implements ErrorCode {
    /** The kernel does not show the signals. */
    SIGNALS_NOT_SHOWN(ErrorType.ENVIRONMENT),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    SignalfdsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
