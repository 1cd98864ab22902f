package dev.stasis.host.state;

import dev.stasis.linux.RemoteAddress;

/**
 * Pages that raise SIGSEGV when they are touched, in the middle of a mapping.
 *
 * @param start first address
 * @param end first address behind them
 * @see <a href="https://man7.org/linux/man-pages/man2/madvise.2.html">madvise(2)</a> MADV_GUARD_INSTALL
 */
public record GuardRegion(RemoteAddress start, RemoteAddress end) {
    /** How many bytes they are. */
    public long length() {
        return end.value() - start.value();
    }
}
