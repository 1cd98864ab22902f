package dev.stasis.plugins.regularfiles;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with files that are found again by path. */
public enum RegularFilesErrorCode implements ErrorCode {
    /** Nothing is at the path. */
    FILE_MISSING(ErrorType.USER),
    /** The path leads to another file, or the file is not as it was. */
    FILE_CHANGED(ErrorType.USER),
    /** The path leads to something of another type. */
    FILE_OF_ANOTHER_TYPE(ErrorType.USER),
    /** A /proc file of a process that is not part of the tree. */
    FILE_OF_ANOTHER_PROCESS(ErrorType.USER),
    /** A process outside of the tree has the same open file. */
    FILE_SHARED_OUTSIDE(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    RegularFilesErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
