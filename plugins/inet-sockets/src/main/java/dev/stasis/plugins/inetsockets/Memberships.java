package dev.stasis.plugins.inetsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.inetsockets.proto.group_membership;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Multicast groups that sockets are members of. The kernel does not list them for a socket, but for the machine, and of each it
 * answers whether a socket is a member and which sources it wants.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3678">RFC 3678</a>
 */
final class Memberships {
    private static final int MCAST_EXCLUDE = 0;
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int MCAST_BLOCK_SOURCE = 43;
    private static final int MCAST_JOIN_SOURCE_GROUP = 46;
    private static final int MCAST_MSFILTER = 48;
    private static final int STORAGE = 128;
    private static final int HEAD = 144;
    private static final int SOURCES_MAX = 256;

    private final SocketCalls calls;
    private final Interfaces interfaces;

    Memberships(SocketCalls calls, Interfaces interfaces) {
        this.calls = calls;
        this.interfaces = interfaces;
    }

    /** Adds the groups that {@code socket}, of {@code family}, is a member of to {@code entry}. */
    void keep(Fd socket, int family, inet_sk_entry.Builder entry) {
        int number = 0;
        for (String line : lines("/proc/self/net/igmp")) {
            int next = GroupLines.device(line);
            if (next > 0) {
                number = next;
            } else if (line.startsWith("\t\t")) {
                keep(socket, Endpoint.IPV4, number, GroupLines.ipv4(line), entry);
            }
        }
        if (family == Endpoint.IPV6) {
            for (String line : lines("/proc/self/net/igmp6")) {
                GroupLines.Group group = GroupLines.ipv6(line);
                keep(socket, Endpoint.IPV6, group.number(), group.address(), entry);
            }
        }
    }

    private static String[] lines(String path) {
        Optional<Fd> file = FileCalls.tryOpen(UnixPath.of(path), OpenFlags.RDONLY);
        if (file.isEmpty()) {
            return new String[0];
        }
        try (Fd open = file.get()) {
            return GroupLines.split(new String(ProcFile.readAll(open), StandardCharsets.ISO_8859_1));
        }
    }

    private void keep(Fd socket, int family, int number, byte[] group, inet_sk_entry.Builder entry) {
        write(family, number, group, HEAD + SOURCES_MAX * STORAGE);
        calls.memory().putInt(SocketCalls.VALUE + 140, SOURCES_MAX);
        // Written above where the kernel reads the request from.
        int length = calls.tryRead(socket, level(family), MCAST_MSFILTER, HEAD + SOURCES_MAX * STORAGE);
        if (length < 0) {
            return;
        }
        group_membership.Builder kept = group_membership.newBuilder().setFamily(family).setIfname(interfaces.name(number))
                .setGroup(ByteString.copyFrom(group)).setFilterMode(calls.memory().getInt(SocketCalls.VALUE + 136));
        int sources = Math.min(SOURCES_MAX, calls.memory().getInt(SocketCalls.VALUE + 140));
        for (int i = 0; i < sources; i++) {
            int at = SocketCalls.VALUE + HEAD + i * STORAGE + (family == Endpoint.IPV4 ? 4 : 8);
            kept.addSources(ByteString.copyFrom(calls.memory().get(at, Endpoint.bytes(family))));
        }
        entry.addMemberships(kept);
    }

    /** Makes {@code socket} a member as {@code kept} says; returns 0 or the negative errno. */
    int tryJoin(Fd socket, group_membership kept, String subject) {
        int family = kept.getFamily() == Endpoint.IPV4 ? Endpoint.IPV4 : Endpoint.IPV6;
        int number = interfaces.number(kept.getIfname(), subject);
        byte[] group = kept.getGroup().toByteArray();
        if (group.length != Endpoint.bytes(family)) {
            return -Errno.EINVAL.number();
        }
        boolean exclude = kept.getFilterMode() == MCAST_EXCLUDE;
        int result = exclude || kept.getSourcesCount() == 0 ? join(socket, family, number, group) : 0;
        for (int i = 0; i < kept.getSourcesCount() && result == 0; i++) {
            byte[] source = kept.getSources(i).toByteArray();
            result = source.length != group.length ? -Errno.EINVAL.number()
                    : source(socket, family, number, group, source, exclude ? MCAST_BLOCK_SOURCE : MCAST_JOIN_SOURCE_GROUP);
        }
        return result;
    }

    private int join(Fd socket, int family, int number, byte[] group) {
        write(family, number, group, 8 + STORAGE);
        return calls.trySet(socket, level(family), MCAST_JOIN_GROUP, calls.memory().get(SocketCalls.VALUE, 8 + STORAGE));
    }

    private int source(Fd socket, int family, int number, byte[] group, byte[] source, int what) {
        write(family, number, group, 8 + 2 * STORAGE);
        new Endpoint(family, source, 0, 0, 0).write(calls.memory(), SocketCalls.VALUE + 8 + STORAGE);
        return calls.trySet(socket, level(family), what, calls.memory().get(SocketCalls.VALUE, 8 + 2 * STORAGE));
    }

    /** A group_req at the place of values, in {@code size} bytes. */
    private void write(int family, int number, byte[] group, int size) {
        calls.memory().clear(SocketCalls.VALUE, size);
        calls.memory().putInt(SocketCalls.VALUE, number);
        new Endpoint(family, group, 0, 0, 0).write(calls.memory(), SocketCalls.VALUE + 8);
    }

    private static int level(int family) {
        return family == Endpoint.IPV4 ? SocketOptions.SOL_IP : SocketOptions.SOL_IPV6;
    }
}
