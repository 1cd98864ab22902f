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
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/** Finds an inode again that lost one name but has others: by its handle, or among the neighbours of the lost name. */
final class OtherName {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private OtherName() {}

    /** An O_PATH descriptor, which the caller owns, of what {@code entry} was; {@code directory} is where the name was. */
    static Fd find(ghost_inode_entry entry, FileRecord record, Fd directory) {
        if (entry.hasHandle()) {
            FileHandle handle = new FileHandle(entry.getHandle().getType(), entry.getHandle().getValue().toByteArray());
            Optional<Fd> found = HandleCalls.tryOpen(directory, handle, OpenFlags.PATH);
            if (found.isPresent() && FileCalls.status(found.get()).links() > 0) {
                return found.get();
            }
            if (found.isPresent()) {
                found.get().close();
            }
        }
        Fd neighbour = neighbour(directory, new InodeId(FileCalls.status(directory).inode().device(), entry.getIno()));
        if (neighbour == null) {
            throw new StasisException(new Problem(GhostFilesErrorCode.OTHER_NAME_GONE, GhostPlan.subject(record),
                    "it had another name when it was dumped, which leads to it no more",
                    "bring the file back under that name, with its inode number " + Long.toUnsignedString(entry.getIno())));
        }
        return neighbour;
    }

    /** Some file systems have no handles; then another name in the same directory will do. Null when there is none. */
    static Fd neighbour(Fd directory, InodeId wanted) {
        List<UnixPath> entries = DirectoryEntries.names(directory);
        for (int i = 0; i < entries.size(); i++) {
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
