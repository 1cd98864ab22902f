package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryEntries;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/** Finds an inode again that lost one name but has others: by its handle, or by one of them that is near the lost name. */
final class OtherName {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private OtherName() {}

    /** An O_PATH descriptor, which the caller owns, of what {@code entry} was; {@code directory} is where the name was. */
    static Fd find(ghost_inode_entry entry, FileRecord record, Fd directory) {
        if (entry.hasKept()) {
            KeptFile kept = KeptFile.of(entry.getKept());
            Optional<Fd> found = kept.tryFind();
            if (found.isEmpty()) {
                throw new StasisException(kept.gone(GhostPlan.subject(record)));
            }
            return found.get();
        }
        if (entry.hasOtherName()) {
            Optional<Fd> named = named(directory, entry);
            if (named.isPresent()) {
                return named.get();
            }
        }
        FileHandle handle = null;
        if (entry.hasHandle()) {
            handle = new FileHandle(entry.getHandle().getType(), entry.getHandle().getValue().toByteArray());
            Optional<Fd> found = HandleCalls.tryOpen(directory, handle, OpenFlags.PATH);
            if (found.isPresent() && FileCalls.status(found.get()).links() > 0) {
                return found.get();
            }
            if (found.isPresent()) {
                found.get().close();
            }
        }
        Fd neighbour = neighbour(directory, new InodeId(FileCalls.status(directory).inode().device(), entry.getIno()));
        if (neighbour != null && handle != null && !HandleCalls.tryHandle(neighbour).equals(Optional.of(handle))) {
            neighbour.close(); // another file that got the same inode number since
            neighbour = null;
        }
        if (neighbour == null) {
            throw new StasisException(new Problem(GhostFilesErrorCode.OTHER_NAME_GONE, GhostPlan.subject(record),
                    "it had another name when it was dumped, which leads to it no more",
                    "bring the file back under that name, with its inode number " + Long.toUnsignedString(entry.getIno())));
        }
        return neighbour;
    }

    /** How a file with other names will be found. */
    sealed interface Way {
        /** By {@code handle}, which leads to it now. */
        record ByHandle(FileHandle handle) implements Way {}

        /** By {@code path}, from the nearest directory to that of the lost name. */
        record ByPath(UnixPath path) implements Way {}
    }

    /**
     * How {@code file}, which has other names, will be found: its handle, where it has one, leads to it now, or another name is near
     * the lost one. Empty when neither does.
     *
     * @param base what {@code path}, its lost name, is relative to; borrowed
     * @param far whether to look further than into the directory of the lost name
     */
    static Optional<Way> way(OpenFile file, Optional<FileHandle> handle, Fd base, UnixPath path, boolean far) {
        UnixPath parent = path.isAbsolute() ? path.dropFirst(1).parent() : path.parent();
        try (Fd directory = OtherMount.nearest(base, parent)) {
            if (handle.isPresent() && leadsTo(file, handle.get(), directory)) {
                return Optional.of(new Way.ByHandle(handle.get()));
            }
            Optional<UnixPath> other = NamesNearby.find(directory, file.status().inode(), far);
            return other.isPresent() ? Optional.of(new Way.ByPath(other.get())) : Optional.empty();
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private static boolean leadsTo(OpenFile file, FileHandle handle, Fd directory) {
        try (HandleMount door = HandleMount.enter(directory)) {
            Optional<Fd> found = door.tryFind(handle);
            if (found.isEmpty()) {
                return false;
            }
            try (Fd held = found.get()) {
                return FileCalls.status(held).inode().equals(file.status().inode());
            }
        }
    }

    /** The number alone is compared: overlayfs over several file systems shows another device for files than for directories. */
    private static Optional<Fd> named(Fd directory, ghost_inode_entry entry) {
        try {
            Fd found = LongPaths.open(directory, UnixPath.of(entry.getOtherName().toByteArray()), LOOK);
            if (FileCalls.status(found).inode().number() == entry.getIno()) {
                return Optional.of(found);
            }
            found.close();
        } catch (KernelException e) {
            // It is not there any more; perhaps there is a neighbour.
        }
        return Optional.empty();
    }

    /** Some file systems have no handles; then another name in the same directory will do. Null when there is none. */
    private static Fd neighbour(Fd directory, InodeId wanted) {
        List<UnixPath> entries = DirectoryEntries.names(directory);
        for (int i = 0; i < entries.size(); i++) {
            if (SillyName.isOf(entries.get(i), wanted.number())) {
                continue; // goes when the tree does
            }
            try {
                Fd entry = FileCalls.openAt(directory, entries.get(i), LOOK, 0);
                if (FileCalls.status(entry).inode().equals(wanted)) {
                    return entry;
                }
                entry.close();
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
        return null;
    }
}
