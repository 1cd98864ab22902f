package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryEntries;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.UnnoticedOpens;
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

    private static final UnixPath HERE = UnixPath.of(".");
    private static final String ABOVE = "../";

    private OtherName() {}

    /**
     * An O_PATH descriptor, which the caller owns, of what {@code entry} was.
     *
     * @param base what the paths of the record and the entry are relative to; borrowed
     * @param directory where the name was; borrowed
     */
    static Fd find(ghost_inode_entry entry, FileRecord record, Fd base, Fd directory) {
        if (entry.hasKept()) {
            KeptFile kept = KeptFile.of(entry.getKept());
            Optional<Fd> found = kept.tryFind();
            if (found.isEmpty()) {
                throw new StasisException(kept.gone(GhostPlan.subject(record)));
            }
            return found.get();
        }
        if (entry.hasOtherName()) {
            Optional<Fd> named = named(base, entry);
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
        Optional<Fd> neighbour = neighbour(directory, entry, Optional.ofNullable(handle));
        if (neighbour.isEmpty()) {
            throw new StasisException(gone(entry, record, base));
        }
        return neighbour.get();
    }

    private static Problem gone(ghost_inode_entry entry, FileRecord record, Fd base) {
        String name = "";
        String now = "leads to it no more";
        if (entry.hasOtherName()) {
            UnixPath path = UnixPath.of(entry.getOtherName().toByteArray());
            name = ", " + (record.location().path().isAbsolute() ? "/" : "") + path;
            now = isThere(base, path) ? "leads to another file now" : "is not there now";
        }
        return new Problem(GhostFilesErrorCode.OTHER_NAME_GONE, GhostPlan.subject(record),
                "it had another name when it was dumped" + name + ", which " + now,
                "bring the file back under that name, with its inode number " + Long.toUnsignedString(entry.getIno())
                        + "; a copy is another file");
    }

    private static boolean isThere(Fd base, UnixPath path) {
        try {
            return LongPaths.tryLinkStatus(base, path).isPresent();
        } catch (KernelException e) {
            return false; // a directory on the way is none, or not for us
        }
    }

    /** How a file with other names will be found. */
    sealed interface Way {
        /** By {@code handle}, which leads to it now. */
        record ByHandle(FileHandle handle) implements Way {}

        /** By {@code path}, relative to what the lost name was relative to, so whatever becomes of the directories of that. */
        record ByPath(UnixPath path) implements Way {}
    }

    /**
     * How {@code file}, which has other names, will be found: its handle, where it has one, leads to it now, or another name is near
     * the lost one. Empty when neither does.
     *
     * @param base what {@code path}, its lost name, is relative to; borrowed
     * @param far whether to look further than into the directory of the lost name
     * @param unnoticed opens what is read so that nobody notices; null where nobody watches anything
     */
    static Optional<Way> way(OpenFile file, Optional<FileHandle> handle, Fd base, UnixPath path, boolean far,
            UnnoticedOpens unnoticed) {
        UnixPath parent = path.isAbsolute() ? path.dropFirst(1).parent() : path.parent();
        try (Fd directory = OtherMount.nearest(base, parent)) {
            if (handle.isPresent() && leadsTo(file, handle.get(), directory)) {
                return Optional.of(new Way.ByHandle(handle.get()));
            }
            Optional<UnixPath> other = NamesNearby.find(directory, file.status().inode(), far, unnoticed);
            return other.isPresent() ? Optional.of(new Way.ByPath(fromBase(base, parent, other.get(), file))) : Optional.empty();
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

    /** What {@code other}, which leads to {@code file} from {@code parent} or the nearest above it that exists, is called from {@code base}. */
    private static UnixPath fromBase(Fd base, UnixPath parent, UnixPath other, OpenFile file) {
        UnixPath there = OtherMount.existing(base, parent);
        UnixPath plain = there;
        UnixPath rest = other;
        while (rest.startsWith(ABOVE) && !plain.equals(HERE)) {
            rest = rest.dropFirst(ABOVE.length());
            plain = plain.parent();
        }
        plain = plain.equals(HERE) ? rest : plain.resolve(rest);
        Optional<FileStatus> found = LongPaths.tryLinkStatus(base, plain);
        // A link that has the name of a directory that is gone leads elsewhere, and so does what is above it.
        return found.isPresent() && found.get().inode().equals(file.status().inode()) ? plain : there.resolve(other);
    }

    private static Optional<Fd> named(Fd base, ghost_inode_entry entry) {
        try {
            return proven(LongPaths.open(base, UnixPath.of(entry.getOtherName().toByteArray()), LOOK), entry, Optional.empty());
        } catch (KernelException e) {
            return Optional.empty(); // It is not there any more; perhaps there is a neighbour.
        }
    }

    /** It may have been renamed; then another name in the directory of the lost one will do. */
    private static Optional<Fd> neighbour(Fd directory, ghost_inode_entry entry, Optional<FileHandle> handle) {
        List<UnixPath> entries = DirectoryEntries.names(directory);
        for (int i = 0; i < entries.size(); i++) {
            if (SillyName.isOf(entries.get(i), entry.getIno())) {
                continue; // goes when the tree does
            }
            try {
                Optional<Fd> found = proven(FileCalls.openAt(directory, entries.get(i), LOOK, 0), entry, handle);
                if (found.isPresent()) {
                    return found;
                }
            } catch (KernelException e) {
                continue; // gone, or not for us
            }
        }
        return Optional.empty();
    }

    /** The owned {@code found} if it is what {@code entry} was, as its handle tells, or what else proves that; else it is closed. */
    private static Optional<Fd> proven(Fd found, ghost_inode_entry entry, Optional<FileHandle> handle) {
        boolean proven = false;
        try {
            FileStatus now = FileCalls.status(found);
            proven = handle.isEmpty() ? Proof.holds(entry, now)
                    : now.inode().number() == entry.getIno() && HandleCalls.tryHandle(found).equals(handle);
            return proven ? Optional.of(found) : Optional.empty();
        } finally {
            if (!proven) {
                found.close();
            }
        }
    }
}
