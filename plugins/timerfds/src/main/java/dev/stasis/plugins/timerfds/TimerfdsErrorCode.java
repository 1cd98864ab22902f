package dev.stasis.plugins.timerfds;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with timerfds. */
public enum TimerfdsErrorCode implements ErrorCode {
    /** A process outside of the tree has the same timerfd open. */
    TIMERFD_SHARED_OUTSIDE(ErrorType.USER),
    /** The kernel does not show how the timer is set. */
    TIMER_NOT_SHOWN(ErrorType.ENVIRONMENT),
    /** The kernel does not let unread expirations be set. */
    TICKS_NOT_SETTABLE(ErrorType.ENVIRONMENT),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    TimerfdsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
