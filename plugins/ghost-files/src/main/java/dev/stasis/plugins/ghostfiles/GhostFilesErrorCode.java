package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with files that lost their name. */
public enum GhostFilesErrorCode implements ErrorCode {
    /** The file's directory has too little room. */
    NO_SPACE(ErrorType.ENVIRONMENT),
    /** The directory in which the file once was is not there. */
    PARENT_MISSING(ErrorType.USER),
    /** Something that is no directory stands where the directory was, or one above it. */
    PARENT_OBSTRUCTED(ErrorType.USER),
    /** Nothing can be made where the file once was. */
    READ_ONLY(ErrorType.ENVIRONMENT),
    /** The file had another name, which was removed since. */
    OTHER_NAME_GONE(ErrorType.USER),
    /** The file in which the contents were kept was taken away. */
    KEPT_FILE_GONE(ErrorType.USER),
    /** An option's value cannot be read. */
    OPTION_MALFORMED(ErrorType.USER),
    /** The image lacks the file with a ghost's contents. */
    CONTENTS_MISSING(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    GhostFilesErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
