package dev.stasis.spi;

/**
 * Who gets SIGIO for an open file description, as F_SETOWN_EX and F_SETSIG set it.
 *
 * @param type F_OWNER_TID (0), F_OWNER_PID (1) or F_OWNER_PGRP (2)
 * @param id the thread, process or process group; 0 when nobody
 * @param signal the signal sent, 0 for SIGIO
 * @param uid the real user that set it
 * @param effectiveUid the effective user that set it
 * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
 */
public record FileOwner(int type, int id, int signal, int uid, int effectiveUid) {
    public static final FileOwner NOBODY = new FileOwner(0, 0, 0, 0, 0);

    /** Whether nobody gets a signal. */
    public boolean isNobody() {
        return id == 0 && signal == 0;
    }
}
