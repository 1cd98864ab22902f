package dev.stasis.host.files;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with the files of a tree. */
public enum FilesErrorCode implements ErrorCode {
    /** No plugin keeps such a file. */
    FILE_UNCLAIMED(ErrorType.UNSUPPORTED),
    /** The plugin for such files knows that this one cannot be kept. */
    FILE_REFUSED(ErrorType.UNSUPPORTED),
    /** There is a lock or a lease on a file, and nobody keeps those. */
    FILE_LOCKED(ErrorType.UNSUPPORTED),
    /** Two plugins want a file with equal right. */
    FILE_CLAIMED_TWICE(ErrorType.USER),
    /** A file's path does not lead to it and nothing finds it otherwise. */
    FILE_NOT_FOUND_AGAIN(ErrorType.UNSUPPORTED),
    /** A process outside the tree gets SIGIO for a file. */
    FILE_OWNER_OUTSIDE(ErrorType.UNSUPPORTED),
    /** Kinds that want to come after each other. */
    KINDS_IN_A_CIRCLE(ErrorType.INTERNAL),
    /** A plugin threw what it must not, or returned what it must not. */
    PLUGIN_FAULTY(ErrorType.INTERNAL),
    /** A plugin failed to keep a file. */
    FILE_NOT_DUMPED(ErrorType.ENVIRONMENT),
    /** The image needs a kind or a remap that no plugin offers. */
    PLUGIN_MISSING(ErrorType.USER),
    /** A file cannot be made again. */
    FILE_NOT_RESTORED(ErrorType.ENVIRONMENT),
    /** Two plugins want to replace a file. */
    FILE_REPLACED_TWICE(ErrorType.USER);

    private final ErrorType type;

    FilesErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
