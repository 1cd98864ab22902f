package dev.stasis.plugins.eventfds;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with eventfds. */
public enum EventfdsErrorCode implements ErrorCode {
    /** A process outside of the tree has the same eventfd open. */
    EVENTFD_SHARED_OUTSIDE(ErrorType.USER),
    /** The kernel does not show the counter. */
    COUNTER_NOT_SHOWN(ErrorType.ENVIRONMENT),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    EventfdsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
