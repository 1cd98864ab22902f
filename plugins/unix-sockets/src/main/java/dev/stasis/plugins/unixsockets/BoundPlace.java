package dev.stasis.plugins.unixsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.unixsockets.proto.attribute_entry;
import dev.stasis.plugins.unixsockets.proto.file_perms_entry;
import dev.stasis.plugins.unixsockets.proto.place_entry;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The file that a socket is bound to, and from where the name that it was bound by leads there.
 *
 * @param deleted whether the file has no name any more; then there is no more to tell
 * @param entry as it goes into the image; null when deleted
 */
record BoundPlace(boolean deleted, place_entry entry) {
    private static final String DELETED = " (deleted)";

    /** Thrown when the file is there but not to be found again. */
    static final class NotFound extends Exception {
        private static final long serialVersionUID = 1;

        NotFound(String reason) {
            super(reason);
        }
    }

    /** Finds the place of {@code file}, which is at {@code socket} and has {@code name}. */
    static BoundPlace find(OpenFile file, Fd socket, byte[] name, UnixCalls calls) throws NotFound {
        Optional<Fd> opened = calls.file(socket);
        if (opened.isEmpty()) {
            throw new NotFound("the kernel does not tell which file it is bound to");
        }
        try (Fd bound = opened.get()) {
            FileStatus status = FileCalls.status(bound);
            UnixPath path = FileCalls.readLink(UnixPath.of("/proc/self/fd/" + bound.number()));
            if (status.links() == 0) {
                return new BoundPlace(true, null);
            }
            if (!leadsTo(path, status)) {
                throw path.endsWith(DELETED) ? new NotFound("the name of the file that it is bound to was removed, and another leads to it")
                        : new NotFound("the file that it is bound to is not to be found at " + path
                                + " from here (renamed, covered by a mount, or of another mount namespace)");
            }
            return new BoundPlace(false, entry(file, bound, status, path, asPath(name)));
        }
    }

    private static place_entry entry(OpenFile file, Fd bound, FileStatus status, UnixPath path, UnixPath name) throws NotFound {
        place_entry.Builder entry = place_entry.newBuilder()
                .setPath(ByteString.copyFrom(path.bytes()))
                .setPerms(file_perms_entry.newBuilder().setMode(status.permissions()).setUid(status.uid()).setGid(status.gid()));
        for (UnixPath attribute : AttributeCalls.names(bound)) {
            entry.addAttributes(attribute_entry.newBuilder().setName(ByteString.copyFrom(attribute.bytes()))
                    .setValue(ByteString.copyFrom(AttributeCalls.value(bound, attribute))));
        }
        if (!name.isAbsolute() || !leadsTo(name, status)) {
            base(file, status, path, name, entry);
        }
        return entry.build();
    }

    /** Finds the directory that {@code name} was told from: a current directory, or the root of who was confined to one. */
    private static void base(OpenFile file, FileStatus status, UnixPath path, UnixPath name, place_entry.Builder entry)
            throws NotFound {
        UnixPath below = plain(name);
        if (endsWith(path, below)) {
            UnixPath base = path.length() == below.length() + 1 ? UnixPath.of("/") : path.dropLast(below.length() + 1);
            if (below.equals(name) || leadsTo(base.resolve(name.isAbsolute() ? name.dropFirst(1) : name), status)) {
                entry.setBase(ByteString.copyFrom(base.bytes())).setChroot(name.isAbsolute());
                return;
            }
        }
        for (Holder holder : file.holders()) {
            UnixPath base = FileCalls.readLink(UnixPath.of("/proc/" + holder.task() + (name.isAbsolute() ? "/root" : "/cwd")));
            if (!name.isAbsolute() && leadsTo(base.resolve(name), status)) {
                entry.setBase(ByteString.copyFrom(base.bytes())).setChroot(false);
                return;
            }
        }
        throw new NotFound("its name " + name + " leads from no known directory to the file that it is bound to, " + path);
    }

    private static boolean endsWith(UnixPath path, UnixPath below) {
        byte[] all = path.bytes();
        byte[] end = below.bytes();
        int from = all.length - end.length;
        return end.length > 0 && from > 0 && all[from - 1] == '/' && Arrays.equals(all, from, all.length, end, 0, end.length);
    }

    /**
     * {@code name} without a leading slash, and without what leads nowhere, were there no symbolic links. Only a relative one may begin
     * with {@code ..}.
     */
    static UnixPath plain(UnixPath name) {
        List<String> way = new ArrayList<>();
        for (String part : new String(name.bytes(), StandardCharsets.ISO_8859_1).split("/")) {
            if (!part.equals("..")) {
                if (!part.isEmpty() && !part.equals(".")) {
                    way.add(part);
                }
            } else if (!way.isEmpty() && !way.get(way.size() - 1).equals("..")) {
                way.remove(way.size() - 1);
            } else if (!name.isAbsolute()) {
                way.add(part);
            }
        }
        return UnixPath.of(String.join("/", way).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean leadsTo(UnixPath path, FileStatus status) {
        Optional<FileStatus> found = path.length() > 0 && path.isAbsolute() ? FileCalls.tryLinkStatus(path) : Optional.empty();
        return found.isPresent() && found.get().inode().equals(status.inode());
    }

    /** The path that {@code name}, an address without its family, is. */
    static UnixPath asPath(byte[] name) {
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        byte[] path = new byte[length];
        System.arraycopy(name, 0, path, 0, length);
        return UnixPath.of(path);
    }
}
