package dev.stasis.host.state;

import dev.stasis.linux.RemoteAddress;

/**
 * Pages in a row whose contents an image holds.
 *
 * @param start address of the first; for shared memory the offset in it
 * @param pages how many, of 4096 bytes
 * @param imageOffset where the first one stands in the pages file, in bytes
 */
public record PageRun(RemoteAddress start, long pages, long imageOffset) {
    public static final int PAGE = 4096;

    /** Its size in bytes. */
    public long length() {
        return pages * PAGE;
    }
}
