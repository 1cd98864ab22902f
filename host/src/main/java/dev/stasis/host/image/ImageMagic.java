package dev.stasis.host.image;

/** What an image file starts with: a word for all images of its class, then one for its own type. */
enum ImageMagic {
    INVENTORY(0x58313116, 0),
    PSTREE(0x50273030),
    FDINFO(0x56213732),
    PAGEMAP(0x56084025),
    CORE(0x55053847),
    IDS(0x54432030),
    FS(0x51403912),
    MM(0x57492820),
    FILES(0x56303138),
    SECCOMP(0x64413049),
    SEGMENT(0x46283044),
    STATS(0x57093306, ImageMagic.SERVICE),
    /** "STAS": our own. */
    MANIFEST(0x53415453, ImageMagic.SERVICE);

    private static final int COMMON = 0x54564319;
    private static final int SERVICE = 0x55105940;

    private final int type;
    private final int family;

    ImageMagic(int type) {
        this(type, COMMON);
    }

    ImageMagic(int type, int family) {
        this.type = type;
        this.family = family;
    }

    /** How many bytes of a file it takes. */
    int length() {
        return family == 0 ? Integer.BYTES : 2 * Integer.BYTES;
    }

    /** The word at {@code index}, from 0. */
    int word(int index) {
        return index == 0 && family != 0 ? family : type;
    }
}
