package dev.stasis.plugins.inotify;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with inotify instances. */
public enum InotifyErrorCode implements ErrorCode {
    /** Nothing leads to what a watch is on. */
    TARGET_NOT_FOUND(ErrorType.USER),
    /** The user has as many watches as are allowed. */
    WATCHES_EXHAUSTED(ErrorType.ENVIRONMENT),
    /** The user has as many instances as are allowed. */
    INSTANCES_EXHAUSTED(ErrorType.ENVIRONMENT),
    /** The user has as many fanotify groups or marks as are allowed. */
    FANOTIFY_EXHAUSTED(ErrorType.ENVIRONMENT),
    /** A mark that was made again is not what it was. */
    MARK_NOT_KEPT(ErrorType.INTERNAL),
    /** The kernel did not number a watch as it was told. */
    WATCH_MISNUMBERED(ErrorType.INTERNAL),
    /** A queue that was made again is not what it was. */
    QUEUE_NOT_REBUILT(ErrorType.INTERNAL),
    /** More events wait than a new instance takes. */
    QUEUE_LIMIT_TOO_LOW(ErrorType.ENVIRONMENT),
    /** An instance takes more events than can be made to fill it up. */
    QUEUE_LIMIT_TOO_HIGH(ErrorType.ENVIRONMENT),
    /** A process outside of the tree has the same instance or group. */
    INSTANCE_SHARED_OUTSIDE(ErrorType.USER),
    /** An option's value is none of those it may have. */
    OPTION_UNKNOWN_VALUE(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    InotifyErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
