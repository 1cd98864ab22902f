package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with mounts that are no longer where they were. */
public enum DetachedMountsErrorCode implements ErrorCode {
    /** What the mount showed as its root is not there any more. */
    ROOT_MISSING(ErrorType.USER),
    /** What is there cannot be mounted. */
    ROOT_NOT_MOUNTED(ErrorType.ENVIRONMENT),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    DetachedMountsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
