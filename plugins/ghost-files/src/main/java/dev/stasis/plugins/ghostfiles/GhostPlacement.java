package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Where the contents of deleted files are kept. Pure. */
enum GhostPlacement {
    /** In the image. */
    IMAGE,
    /** Large ones where they are, under a name that the image knows. */
    RELINK;

    static final String OPTION = "ghosts";

    /** From this size on a file is a large one. */
    static final long LARGE = 1 << 20;

    /** What {@code options} say; in the image if nothing. */
    static GhostPlacement of(Options options) {
        String value = options.value(OPTION).orElse("image");
        return switch (value) {
            case "image" -> IMAGE;
            case "relink" -> RELINK;
            default -> throw new StasisException(new Problem(GhostFilesErrorCode.OPTION_MALFORMED, "--" + OPTION + "=" + value,
                    "deleted files can be kept in two ways", "say image or relink"));
        };
    }
}
