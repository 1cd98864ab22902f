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
}
