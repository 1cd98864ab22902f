package dev.stasis.host.image;

/** A file of an image says what cannot be; whoever knows the file's name turns this into a refusal that names it. */
final class MalformedImage extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedImage(String reason) {
        super(reason);
    }

    /** Throws this with {@code reason} unless {@code sane}. */
    static void unless(boolean sane, String reason) {
        if (!sane) {
            throw new MalformedImage(reason);
        }
    }

    /** The same for the checks of every record: the reason is only put together when it is needed. */
    static void unless(boolean sane, String before, long number, String after) {
        if (!sane) {
            throw new MalformedImage(before + number + after);
        }
    }

    /** The same for the checks of every record: the reason is only put together when it is needed. */
    static void unless(boolean sane, String before, Object subject, String after) {
        if (!sane) {
            throw new MalformedImage(before + subject + after);
        }
    }
}
