package dev.stasis.linux.memory;

/**
 * What the kernel tells of a System V shared memory segment.
 *
 * @param id its number
 * @param key by which it is found; 0 (IPC_PRIVATE) for none
 * @param uid its owner
 * @param gid its owner's group
 * @param creatorUid who made it
 * @param creatorGid whose group
 * @param mode permission bits, with SHM_DEST (01000) once it is to go with the last that is attached, SHM_LOCKED (02000)
 * @param size in bytes, not always whole pages
 * @param lastPid who attached or detached it last
 * @param attached how many mappings there are of it
 * @see <a href="https://man7.org/linux/man-pages/man2/shmctl.2.html">shmctl(2)</a>
 */
public record Segment(
        int id,
        int key,
        int uid,
        int gid,
        int creatorUid,
        int creatorGid,
        int mode,
        long size,
        int lastPid,
        long attached) {}
