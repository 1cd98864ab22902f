package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.plugins.unixsockets.proto.peer_entry;
import java.util.Arrays;

/**
 * Who connected or listened, as the kernel keeps it with a socket.
 *
 * @param pid the process
 * @param uid its effective user
 * @param gid its effective group
 * @param groups its other groups, as the kernel orders them
 */
record Credentials(int pid, int uid, int gid, int[] groups) {

    static Credentials of(peer_entry entry) {
        int[] groups = new int[entry.getGroupsCount()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = entry.getGroups(i);
        }
        return new Credentials(entry.getPid(), entry.getUid(), entry.getGid(), groups);
    }

    /** Those of the calling thread; the process is of no account. */
    static Credentials ours() {
        int uid = (int) SystemCalls.call("geteuid", "", SyscallNumber.GETEUID);
        int gid = (int) SystemCalls.call("getegid", "", SyscallNumber.GETEGID);
        int count = (int) SystemCalls.call("getgroups", "", SyscallNumber.GETGROUPS, 0, 0);
        NativeMemory memory = NativeMemory.allocate(4 * Math.max(1, count));
        SystemCalls.call("getgroups", "", SyscallNumber.GETGROUPS, count, memory.address());
        int[] groups = new int[count];
        for (int i = 0; i < count; i++) {
            groups[i] = memory.getInt(4 * i);
        }
        return new Credentials(0, uid, gid, groups);
    }

    /** Whether user and groups are those of {@code other}. */
    boolean hasUsersOf(Credentials other) {
        return uid == other.uid && gid == other.gid && Arrays.equals(groups, other.groups);
    }

    peer_entry.Builder entry() {
        peer_entry.Builder entry = peer_entry.newBuilder().setPid(pid).setUid(uid).setGid(gid);
        for (int group : groups) {
            entry.addGroups(group);
        }
        return entry;
    }

    /** The groups as setgroups(2) takes them. */
    byte[] groupBytes() {
        byte[] bytes = new byte[4 * Math.max(1, groups.length)];
        for (int i = 0; i < groups.length; i++) {
            for (int j = 0; j < 4; j++) {
                bytes[4 * i + j] = (byte) (groups[i] >>> 8 * j);
            }
        }
        return bytes;
    }

    // By hand: what the compiler generates for a record starts up method handles, and would compare arrays by identity.

    @Override
    public boolean equals(Object other) {
        return other instanceof Credentials credentials && pid == credentials.pid && hasUsersOf(credentials);
    }

    @Override
    public int hashCode() {
        return 31 * pid + uid;
    }
}
