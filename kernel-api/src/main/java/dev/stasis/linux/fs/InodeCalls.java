package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;

/** Calls that change what an inode says of itself. */
public final class InodeCalls {
    private InodeCalls() {}

    /** Sets the permission bits, set-id and sticky bits among them. @see fchmod(2) */
    public static void permissions(Fd file, int permissions) {
        check("fchmod", file, Syscalls.call2(SyscallNumber.FCHMOD, file.number(), permissions));
    }

    /** Sets owning user and group; clears set-id bits. @see fchown(2) */
    public static void owner(Fd file, int uid, int gid) {
        check("fchown", file, Syscalls.call3(SyscallNumber.FCHOWN, file.number(), uid, gid));
    }
}
