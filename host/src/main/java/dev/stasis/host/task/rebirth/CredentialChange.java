package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Credentials;
import dev.stasis.linux.SyscallNumber;
import java.nio.ByteBuffer;

/**
 * Makes one thread act as who the image says. The order matters: each step needs a privilege that a later one takes away.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
final class CredentialChange {
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    /** Changing uids leaves capabilities alone (SECBIT_NO_SETUID_FIXUP, SECBIT_KEEP_CAPS). */
    private static final int KEEP_CAPABILITIES = 0x4 | 0x10;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int CAPABILITIES = 64;

    private final NewbornThread thread;
    private final Credentials from;
    private final Credentials to;

    CredentialChange(NewbornThread thread, Credentials from, Credentials to) {
        this.thread = thread;
        this.from = from;
        this.to = to;
    }

    /** Whether there is anything to change. */
    boolean isNeeded() {
        // Not by equals: a record's own is put together by reflection, which costs a cold JVM several milliseconds.
        return !(hasSameUsers() && hasSameGroups() && hasSameCapabilities());
    }

    private boolean hasSameUsers() {
        return from.uid() == to.uid() && from.effectiveUid() == to.effectiveUid() && from.savedUid() == to.savedUid()
                && from.fileSystemUid() == to.fileSystemUid();
    }

    private boolean hasSameGroups() {
        return from.gid() == to.gid() && from.effectiveGid() == to.effectiveGid() && from.savedGid() == to.savedGid()
                && from.fileSystemGid() == to.fileSystemGid() && from.groups().equals(to.groups());
    }

    private boolean hasSameCapabilities() {
        return from.inheritable() == to.inheritable() && from.permitted() == to.permitted() && from.effective() == to.effective()
                && from.bounding() == to.bounding() && from.ambient() == to.ambient() && from.secureBits() == to.secureBits();
    }

    /** Changes it. Afterwards the thread has no dumpable memory and no parent-death signal: set those later. */
    void make() {
        setGroups();
        dropBounding();
        secureBits(KEEP_CAPABILITIES);
        setIds();
        if (to.ambient() != 0 || from.ambient() != 0) {
            raiseAmbient();
        }
        secureBits(to.secureBits());
        setCapabilities(to.effective(), to.permitted(), to.inheritable());
    }

    private void setGroups() {
        if (to.groups().equals(from.groups())) {
            return;
        }
        ByteBuffer groups = Arena.structure(Math.max(1, to.groups().size()) * Integer.BYTES);
        for (int i = 0; i < to.groups().size(); i++) {
            groups.putInt(i * Integer.BYTES, to.groups().get(i));
        }
        thread.later("setgroups", SyscallNumber.SETGROUPS, to.groups().size(), groups.array());
    }

    private void dropBounding() {
        for (int capability = 0; capability < CAPABILITIES; capability++) {
            long bit = 1L << capability;
            if ((from.bounding() & bit) != 0 && (to.bounding() & bit) == 0) {
                thread.later("prctl PR_CAPBSET_DROP", SyscallNumber.PRCTL, PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
        }
    }

    private void secureBits(int bits) {
        thread.later("prctl PR_SET_SECUREBITS", SyscallNumber.PRCTL, PR_SET_SECUREBITS, bits, 0, 0, 0);
    }

    private void setIds() {
        thread.later("setresgid", SyscallNumber.SETRESGID, id(to.gid()), id(to.effectiveGid()), id(to.savedGid()));
        thread.later("setfsgid", SyscallNumber.SETFSGID, id(to.fileSystemGid()));
        thread.later("setresuid", SyscallNumber.SETRESUID, id(to.uid()), id(to.effectiveUid()), id(to.savedUid()));
        thread.later("setfsuid", SyscallNumber.SETFSUID, id(to.fileSystemUid()));
    }

    private static long id(int number) {
        return Integer.toUnsignedLong(number);
    }

    /** An ambient capability must be permitted and inheritable already; what is taken away from those later goes from it too. */
    private void raiseAmbient() {
        setCapabilities(from.effective(), from.permitted(), to.inheritable());
        thread.later("prctl PR_CAP_AMBIENT", SyscallNumber.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        for (int capability = 0; capability < CAPABILITIES; capability++) {
            if ((to.ambient() & (1L << capability)) != 0) {
                thread.later("prctl PR_CAP_AMBIENT", SyscallNumber.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
            }
        }
    }

    private void setCapabilities(long effective, long permitted, long inheritable) {
        ByteBuffer header = Arena.structure(8).putInt(0, CAPABILITY_VERSION_3);
        ByteBuffer sets = Arena.structure(24);
        for (int half = 0; half < 2; half++) {
            sets.putInt(half * 12, (int) (effective >>> (32 * half)));
            sets.putInt(half * 12 + 4, (int) (permitted >>> (32 * half)));
            sets.putInt(half * 12 + 8, (int) (inheritable >>> (32 * half)));
        }
        thread.later("capset", SyscallNumber.CAPSET, header.array(), sets.array());
    }
}
