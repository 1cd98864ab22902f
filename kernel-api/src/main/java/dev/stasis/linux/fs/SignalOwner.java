package dev.stasis.linux.fs;

/**
 * Who gets SIGIO for an open file description, as the kernel keeps it.
 *
 * @param type F_OWNER_TID (0), F_OWNER_PID (1) or F_OWNER_PGRP (2)
 * @param id the thread, process or process group; 0 when nobody
 * @param signal the signal sent, 0 for SIGIO
 * @param uid the real user that set it
 * @param effectiveUid the effective user that set it
 */
public record SignalOwner(int type, int id, int signal, int uid, int effectiveUid) {
    public static final SignalOwner NOBODY = new SignalOwner(0, 0, 0, 0, 0);
}
