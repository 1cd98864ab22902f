package dev.stasis.host.files;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.SocketCalls;
import dev.stasis.spi.OpenFile;

/**
 * What a file is called in the field, and the plugin that is meant for such files.
 *
 * @param name such as {@code pipe} or {@code deleted regular file}
 * @param plugin the id of a plugin; empty when none is known
 */
record FileTerm(String name, String plugin) {
    private static final String ANONYMOUS = "anon_inode:";
    private static final int SOCK_RAW = 3;

    /** What {@code file} is called. */
    static FileTerm of(OpenFile file) {
        FileType type = file.status().type();
        UnixPath link = file.link();
        boolean deleted = file.status().links() == 0 && link.endsWith(" (deleted)");
        if (link.startsWith(ANONYMOUS)) {
            return anonymous(link.dropFirst(ANONYMOUS.length()).toString());
        }
        if (type == FileType.REGULAR && deleted) {
            return deletedRegular(link);
        }
        if (deleted) {
            return new FileTerm("deleted " + name(type), "ghost-files");
        }
        return switch (type) {
            case FIFO -> link.startsWith("pipe:") ? new FileTerm("pipe", "pipes") : new FileTerm("named pipe", "pipes");
            case SOCKET -> new FileTerm("socket", "");
            case CHARACTER_DEVICE -> FuseServers.isOne(file) ? new FileTerm("connection of a FUSE server", "")
                    : device(file.status().represents().major());
            case REGULAR -> regular(link);
            default -> new FileTerm(name(type), type == FileType.DIRECTORY ? "regular-files" : "");
        };
    }

    /** What the socket behind {@code socket} is called. */
    static FileTerm ofSocket(Fd socket) {
        int domain = SocketCalls.domain(socket);
        return switch (domain) {
            case 1 -> new FileTerm("unix socket", "unix-sockets");
            case 2, 10 -> ofIpSocket(SocketCalls.protocol(socket), SocketCalls.type(socket));
            case 16 -> new FileTerm("netlink socket", "");
            case 17 -> new FileTerm("packet socket", "");
            case 40 -> new FileTerm("vsock socket", "");
            default -> new FileTerm("socket of domain " + domain, "");
        };
    }

    private static FileTerm ofIpSocket(int protocol, int type) {
        if (type == SOCK_RAW) {
            return new FileTerm("raw IP socket", "");
        }
        return switch (protocol) {
            case 1, 58 -> new FileTerm("ICMP ping socket", "");
            case 6 -> new FileTerm("TCP socket", "inet-sockets");
            case 17 -> new FileTerm("UDP socket", "inet-sockets");
            case 132 -> new FileTerm("SCTP socket", "");
            case 136 -> new FileTerm("UDP-Lite socket", "inet-sockets");
            case 262 -> new FileTerm("MPTCP socket", "inet-sockets");
            default -> new FileTerm("IP socket of protocol " + protocol, "");
        };
    }

    private static FileTerm regular(UnixPath link) {
        if (!link.isAbsolute() && link.endsWith("]")) {
            return new FileTerm("namespace", "");
        }
        return new FileTerm("regular file", "regular-files");
    }

    private static FileTerm deletedRegular(UnixPath link) {
        if (link.startsWith("/memfd:")) {
            return new FileTerm("memfd", "memfds");
        }
        if (link.startsWith("/SYSV")) {
            return new FileTerm("System V shared memory segment", "");
        }
        if (link.startsWith("/anon_hugepage")) {
            return new FileTerm("anonymous huge pages", "");
        }
        return link.startsWith("/secretmem") ? new FileTerm("memfd_secret", "") : new FileTerm("deleted regular file", "ghost-files");
    }

    private static FileTerm device(int major) {
        boolean terminal = major == 4 || major == 5 || major >= 136 && major <= 143;
        return terminal ? new FileTerm("terminal", "ttys") : new FileTerm("character device", "");
    }

    private static FileTerm anonymous(String name) {
        String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        return new FileTerm(bare, switch (bare) {
            case "inotify" -> "inotify";
            case "eventfd" -> "eventfds";
            case "timerfd" -> "timerfds";
            case "signalfd" -> "signalfds";
            case "eventpoll" -> "epoll";
            default -> "";
        });
    }

    private static String name(FileType type) {
        return switch (type) {
            case REGULAR -> "regular file";
            case DIRECTORY -> "directory";
            case FIFO -> "named pipe";
            case SOCKET -> "socket";
            case SYMLINK -> "symbolic link";
            case CHARACTER_DEVICE -> "character device";
            case BLOCK_DEVICE -> "block device";
            case ANONYMOUS -> "anonymous inode";
        };
    }
}
