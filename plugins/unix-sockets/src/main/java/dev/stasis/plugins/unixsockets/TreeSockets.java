package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The unix sockets of a tree: what they are, whom they are connected to, and what keeps them from being kept. */
final class TreeSockets {
    /** An option that plugin pipes declares. */
    private static final String EXTERNAL = "external";

    private final UnixCalls calls = new UnixCalls();
    private final SocketOptions options = new SocketOptions(calls);
    private final Map<Integer, SeenSocket> byInode = new HashMap<>();
    /** Why sockets that the kernel does not list cannot be kept, by their numbers. */
    private final Map<Integer, String> unlisted = new HashMap<>();
    private final Set<Pid> tree = new HashSet<>();
    private final Set<ByteBuffer> listening = new HashSet<>();
    private List<OpenFile> looked;

    SocketOptions options() {
        return options;
    }

    UnixCalls calls() {
        return calls;
    }

    static boolean isSocket(OpenFile file) {
        return file.status().type() == FileType.SOCKET && file.hasDescriptor() && file.link().startsWith("socket:[")
                && file.flags().accessMode() != AccessMode.PATH;
    }

    private static int inode(OpenFile file) {
        return (int) file.status().inode().number();
    }

    /** What is known of {@code file}, after a look at all at the first question; null when it is no unix socket. */
    SeenSocket find(OpenFile file, ClaimContext context) {
        if (looked != context.files()) {
            look(context);
            looked = context.files();
        }
        return byInode.get(inode(file));
    }

    /** Why {@code file}, of which nothing is known, cannot be kept; null when it is no unix socket. After {@link #find}. */
    String unlisted(OpenFile file) {
        return unlisted.get(inode(file));
    }

    /** The socket of the tree with number {@code inode}; null when there is none. */
    SeenSocket of(int inode) {
        return byInode.get(inode);
    }

    /** Whether a socket of the tree listens by {@code name}. */
    boolean isListeningAt(byte[] name) {
        return listening.contains(ByteBuffer.wrap(name));
    }

    boolean isOfTree(int pid) {
        return tree.contains(new Pid(pid));
    }

    private void look(ClaimContext context) {
        byInode.clear();
        unlisted.clear();
        tree.clear();
        listening.clear();
        long begin = System.nanoTime();
        SocketTable table = null;
        try (Descriptors descriptors = new Descriptors()) {
            for (OpenFile file : context.files()) {
                for (Holder holder : file.holders()) {
                    tree.add(holder.task());
                }
                if (isSocket(file)) {
                    table = table != null ? table : SocketTable.read();
                    look(file, table, descriptors);
                }
            }
        }
        if (!byInode.isEmpty()) {
            long read = System.nanoTime();
            judge(table, context);
            if (context.log().isDebug()) {
                context.log().debug("looked at " + byInode.size() + " unix sockets: " + (read - begin) / 1000 + " us, and for who else holds"
                        + " them: " + (System.nanoTime() - read) / 1000 + " us");
            }
        }
    }

    private void look(OpenFile file, SocketTable table, Descriptors descriptors) {
        try (Fd socket = descriptors.tryFetch(file)) {
            if (socket == null) {
                return;
            }
            KnownSocket known = table.listed(inode(file));
            if (known == null && calls.isUnix(socket)) {
                known = table.find(inode(file));
                if (known == null) {
                    unlisted.put(inode(file), table.isComplete() ? "it is a unix socket of another network namespace"
                            : "this kernel does not tell of unix sockets what is needed (CONFIG_UNIX_DIAG)");
                }
            }
            if (known == null) {
                return;
            }
            byInode.put(inode(file), read(new SeenSocket(file, known), socket));
        }
    }

    private SeenSocket read(SeenSocket seen, Fd socket) {
        if (seen.known.isListening()) {
            listening.add(ByteBuffer.wrap(seen.known.name()));
        }
        seen.options = options.read(socket, seen.known.type());
        seen.filter = calls.filter(socket);
        seen.peer = calls.peer(socket);
        seen.ready = calls.poll(socket);
        if (seen.known.peer() >= 0) {
            seen.peerName = calls.peerName(socket);
        }
        if (seen.isReachedByPath()) {
            try {
                seen.place = BoundPlace.find(seen.file, socket, seen.known.name(), calls);
            } catch (BoundPlace.NotFound e) {
                seen.refuse(e.getMessage(), "");
            }
        }
        return seen;
    }

    private void judge(SocketTable table, ClaimContext context) {
        Set<UnixPath> links = new HashSet<>();
        for (SeenSocket seen : byInode.values()) {
            links.add(seen.file.link());
            if (seen.known.peer() > 0 && !byInode.containsKey(seen.known.peer())) {
                links.add(Outsiders.link(seen.known.peer()));
            }
        }
        Set<Pid> spared = new HashSet<>(tree);
        spared.add(ProcessCalls.self());
        Outsiders outsiders = new Outsiders(links, spared);
        Set<Integer> pending = pending(table);
        for (SeenSocket seen : byInode.values()) {
            new Judgement(this, seen).make(outsiders, pending);
        }
        for (SeenSocket seen : byInode.values()) {
            seen.external = seen.external || isExternal(seen, context);
        }
        for (SeenSocket seen : byInode.values()) {
            SeenSocket peer = byInode.get(seen.known.peer());
            if (peer != null && peer.external && !seen.external) {
                seen.refuse("the socket at its other end, " + peer.file.link() + ", is to be replaced at the restore",
                        "dump with --external '" + seen.file.link() + "' too, or with neither");
            }
        }
    }

    private static boolean isExternal(SeenSocket seen, ClaimContext context) {
        return context.options().isSet(EXTERNAL) && context.options().values(EXTERNAL).contains(seen.file.link().toString());
    }

    private static Set<Integer> pending(SocketTable table) {
        Set<Integer> pending = new HashSet<>();
        for (KnownSocket known : table.all()) {
            for (int inode : known.pending()) {
                pending.add(inode);
            }
        }
        return pending;
    }

    /** How many descriptors are on their way in what waits in {@code seen}. */
    static int descriptorsInFlight(SeenSocket seen) {
        RemoteFd descriptor = Descriptors.of(seen.file);
        Optional<byte[]> info = ProcFile.tryRead(descriptor.task(), "fdinfo/" + descriptor.number());
        return info.isEmpty() ? 0 : inFlight(DescriptorInfo.parse(info.get()).rest());
    }

    /** What line {@code scm_fds:} of {@code info} says; 0 without one. */
    static int inFlight(String info) {
        int at = info.indexOf("scm_fds:");
        if (at < 0) {
            return 0;
        }
        int end = info.indexOf('\n', at);
        return Integer.parseInt(info.substring(at + "scm_fds:".length(), end < 0 ? info.length() : end).strip());
    }
}
