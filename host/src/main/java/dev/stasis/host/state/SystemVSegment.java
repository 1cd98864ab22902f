package dev.stasis.host.state;

/**
 * A System V shared memory segment that tasks have attached.
 *
 * @param id its number
 * @param key by which it is found; 0 for none
 * @param uid its owner
 * @param gid its owner's group
 * @param creatorUid who made it
 * @param creatorGid whose group
 * @param mode permission bits, with SHM_DEST (01000) and SHM_LOCKED (02000)
 * @param size in bytes, not always whole pages
 */
public record SystemVSegment(int id, int key, int uid, int gid, int creatorUid, int creatorGid, int mode, long size) {
    /** Segments and other shared memory are numbered apart from each other. */
    private static final long SEGMENT = 1L << 62;

    /** The {@link Mapping#sharedObject()} of mappings of segment {@code id}. */
    public static long object(int id) {
        return SEGMENT | id;
    }

    /** The number of the segment that {@code sharedObject} means. */
    public static int id(long sharedObject) {
        return (int) (sharedObject & ~SEGMENT);
    }

    /** The {@link Mapping#sharedObject()} of mappings of it. */
    public long object() {
        return object(id);
    }
}
