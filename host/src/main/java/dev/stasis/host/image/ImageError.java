package dev.stasis.host.image;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can go wrong with an image directory. */
public enum ImageError implements ErrorCode {
    /** The directory to dump into holds something. */
    DIRECTORY_NOT_EMPTY(ErrorType.USER),
    /** The directory to dump into holds a complete image. */
    IMAGE_EXISTS(ErrorType.USER),
    /** A dump into the directory did not come to its end. */
    IMAGE_UNFINISHED(ErrorType.USER),
    /** What should be a directory is something else. */
    NOT_A_DIRECTORY(ErrorType.USER),
    /** The directory to restore from does not exist. */
    NO_SUCH_DIRECTORY(ErrorType.USER),
    /** The directory to restore from holds no image. */
    NOT_AN_IMAGE(ErrorType.USER),
    /** The image was made by CRIU, which seals nothing. */
    MADE_BY_CRIU(ErrorType.UNSUPPORTED),
    /** The image has a format of another version. */
    UNKNOWN_FORMAT(ErrorType.UNSUPPORTED),
    /** A file of the image is missing. */
    FILE_MISSING(ErrorType.USER),
    /** A file of the image has another size than when it was sealed. */
    FILE_SIZE_CHANGED(ErrorType.USER),
    /** A file of the image has other contents than when it was sealed. */
    FILE_ALTERED(ErrorType.USER),
    /** A file of the image says something that cannot be. */
    FILE_MALFORMED(ErrorType.USER),
    /** The file system cannot be written to. */
    READ_ONLY_FILE_SYSTEM(ErrorType.ENVIRONMENT),
    /** The user may not do this. */
    PERMISSION_DENIED(ErrorType.ENVIRONMENT),
    /** The file system, or the user's share of it, is full. */
    NO_SPACE(ErrorType.ENVIRONMENT),
    /** A file could not be written for another reason. */
    WRITE_FAILED(ErrorType.ENVIRONMENT),
    /** A file could not be read. */
    READ_FAILED(ErrorType.ENVIRONMENT);

    private final ErrorType type;

    ImageError(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
