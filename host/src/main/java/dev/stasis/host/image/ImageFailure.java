package dev.stasis.host.image;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Makes the errors of this package: each names the file or directory that it is about. */
final class ImageFailure {
    private static final String ALTERED_HELP = "the image cannot be used any more; restore another copy of it";

    private ImageFailure() {}

    /** The refusal to go on because of {@code reason} on {@code subject}. */
    static StasisException refusal(ImageError code, String subject, String reason, String help) {
        return new StasisException(new Problem(code, subject, reason, help));
    }

    /** The end of a dump because the kernel refused to create, write or remove {@code subject}. */
    static StasisException writing(String subject, KernelException cause) {
        ImageError code = writeError(cause.errno());
        return new StasisException(new Problem(code, subject, writeReason(code, cause), writeHelp(code, cause.errno())), cause);
    }

    private static ImageError writeError(Errno errno) {
        if (errno.equals(Errno.ENOSPC) || errno.equals(Errno.EDQUOT)) {
            return ImageError.NO_SPACE;
        }
        if (errno.equals(Errno.EROFS)) {
            return ImageError.READ_ONLY_FILE_SYSTEM;
        }
        if (errno.equals(Errno.EACCES) || errno.equals(Errno.EPERM)) {
            return ImageError.PERMISSION_DENIED;
        }
        return errno.equals(Errno.ENOTDIR) ? ImageError.NOT_A_DIRECTORY : ImageError.WRITE_FAILED;
    }

    private static String writeReason(ImageError code, KernelException cause) {
        String what = switch (code) {
            case NO_SPACE -> "there is no space left for it";
            case READ_ONLY_FILE_SYSTEM -> "the file system is read-only";
            case PERMISSION_DENIED -> "writing there is not permitted";
            case NOT_A_DIRECTORY -> "a part of the path is not a directory";
            default -> isShortOfDescriptors(cause.errno()) ? "no descriptor was left for it" : "it could not be written";
        };
        return what + ": " + cause.call() + " gave " + cause.errno().name();
    }

    private static boolean isShortOfDescriptors(Errno errno) {
        return errno.equals(Errno.EMFILE) || errno.equals(Errno.ENFILE);
    }

    private static String writeHelp(ImageError code, Errno errno) {
        return switch (code) {
            case NO_SPACE -> "free some space or dump to another file system";
            case READ_ONLY_FILE_SYSTEM, PERMISSION_DENIED, NOT_A_DIRECTORY -> "choose another directory";
            default -> isShortOfDescriptors(errno) ? "raise the limit of open files for this program (ulimit -n, sysctl fs.file-max)"
                    : errno.equals(Errno.EIO) ? "look into the kernel's log for the device" : "choose another directory";
        };
    }

    /** The end of a restore because the kernel refused to open or read {@code subject}. */
    static StasisException reading(String subject, KernelException cause) {
        boolean permission = cause.is(Errno.EACCES) || cause.is(Errno.EPERM);
        return new StasisException(
                new Problem(
                        permission ? ImageError.PERMISSION_DENIED : ImageError.READ_FAILED,
                        subject,
                        "it could not be read: " + cause.call() + " gave " + cause.errno().name(),
                        permission ? "run as the user who owns the image, or as root" : "look into the kernel's log for the device"),
                cause);
    }

    /** The refusal of {@code file}, whose contents are not those that were sealed. */
    static StasisException altered(String file) {
        return refusal(ImageError.FILE_ALTERED, file, "its contents are not those that were sealed", ALTERED_HELP);
    }

    /** The refusal of {@code file}, which has {@code actual} bytes instead of {@code expected}. */
    static StasisException sizeChanged(String file, long actual, long expected) {
        return refusal(ImageError.FILE_SIZE_CHANGED, file,
                "it has " + actual + " bytes, but " + expected + " when it was sealed", ALTERED_HELP);
    }

    /** The refusal of {@code file}, which is listed by the seal but not there. */
    static StasisException missing(String file) {
        return refusal(ImageError.FILE_MISSING, file, "the image's seal lists it, but it is missing", ALTERED_HELP);
    }

    /** The refusal of {@code file}, which says what cannot be. */
    static StasisException malformed(String file, String reason, Throwable cause) {
        return new StasisException(
                new Problem(ImageError.FILE_MALFORMED, file, "it is malformed: " + reason, ALTERED_HELP), cause);
    }
}
