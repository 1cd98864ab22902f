package dev.stasis.spi;

/**
 * How a kind's files are entered in {@code files.img}.
 *
 * @param type the entry's type number: CRIU's own for kinds it knows, 1000 and up for others
 * @param field the entry's field that holds the kind's message: CRIU's own, or 1000 and up
 */
public record ImageType(int type, int field) {
    /** The first number, of types and of fields, that the reference's format leaves to others. */
    public static final int FIRST_OF_THIRD_PARTIES = 1000;
}
