package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sockets of this network namespace, as /proc/net/tcp and its like list them. */
final class NetTable {
    private static final int HEX = 16;
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private NetTable() {}

    /**
     * A socket.
     *
     * @param port the local port
     * @param state the state of TCP
     * @param inode 0 for what nobody has open
     */
    record Row(int port, int state, long inode) {}

    /** The sockets of IPv4 and IPv6 of {@code protocol}; those that are bound and neither listen nor are connected are missing for TCP. */
    static List<Row> read(int protocol) {
        String name = protocol == SocketOptions.SOL_UDP ? "udp" : protocol == SocketOptions.SOL_UDPLITE ? "udplite" : "tcp";
        List<Row> rows = new ArrayList<>();
        read("/proc/self/net/" + name, rows);
        read("/proc/self/net/" + name + "6", rows);
        return rows;
    }

    private static void read(String path, List<Row> rows) {
        Optional<Fd> file = FileCalls.tryOpen(UnixPath.of(path), OpenFlags.RDONLY);
        if (file.isPresent()) {
            try (Fd open = file.get()) {
                parse(new String(ProcFile.readAll(open), StandardCharsets.ISO_8859_1), rows);
            }
        }
    }

    /** Adds the rows of {@code text}, whose first line is a heading, to {@code rows}. */
    static void parse(String text, List<Row> rows) {
        String[] lines = GroupLines.split(text);
        for (int i = 1; i < lines.length; i++) {
            String local = word(lines[i], LOCAL);
            rows.add(new Row(Integer.parseInt(local.substring(local.indexOf(':') + 1), HEX),
                    Integer.parseInt(word(lines[i], STATE), HEX), Long.parseLong(word(lines[i], INODE))));
        }
    }

    /** Word {@code index} of {@code line}, from 0. */
    private static String word(String line, int index) {
        int at = 0;
        for (int i = 0;; i++) {
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            int end = line.indexOf(' ', at);
            if (i == index) {
                return end < 0 ? line.substring(at) : line.substring(at, end);
            }
            at = end < 0 ? line.length() : end;
        }
    }
}
