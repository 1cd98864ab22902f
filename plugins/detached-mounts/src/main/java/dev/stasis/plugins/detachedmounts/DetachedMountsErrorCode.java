package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with mounts that are no longer where they were. */
public enum DetachedMountsErrorCode implements ErrorCode {
    /** What the mount showed as its root is not there any more. */
    ROOT_MISSING(ErrorType.USER),
    /** What is there cannot be mounted. */
    MOUNT_NOT_MADE(ErrorType.ENVIRONMENT),
    /** A file of another mount namespace was announced, and nothing was given for it. */
    EXTERNAL_MISSING(ErrorType.USER),
    /** The image's directory has too little room. */
    NO_SPACE(ErrorType.ENVIRONMENT),
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
