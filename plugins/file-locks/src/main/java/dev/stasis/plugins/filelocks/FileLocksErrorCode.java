package dev.stasis.plugins.filelocks;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with locks. */
public enum FileLocksErrorCode implements ErrorCode {
    /** A process outside of the tree waits for a lock of the tree, or breaks a lease of it. */
    LOCK_WANTED_OUTSIDE(ErrorType.USER),
    /** A process outside of the tree has the open file that the lock belongs to. */
    LOCK_SHARED_OUTSIDE(ErrorType.USER),
    /** A sort of lock that only the kernel itself sets. */
    LOCK_UNKNOWN(ErrorType.UNSUPPORTED),
    /** Somebody else has the lock now. */
    LOCK_TAKEN(ErrorType.ENVIRONMENT),
    /** The kernel does not give the lock. */
    LOCK_NOT_SET(ErrorType.ENVIRONMENT),
    /** The image's file cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    FileLocksErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
