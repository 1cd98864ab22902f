package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Log;

/**
 * The old name of a ghost, which it has for a moment: whoever opens it meanwhile sees the name with " (deleted)" ever after.
 *
 * <p>When the name is another file's now, the ghost gets a name of its own first. On closing the two change places, and then
 * the other file is renamed over the ghost: that leaves the ghost its old name, deleted, and the other file is where it was.
 * There is no other way to a deleted entry of that name, and at no moment is there nothing under it.
 */
final class BriefName implements AutoCloseable {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private final Birthplace place;
    private final UnixPath wanted;
    private final UnixPath name;
    private final boolean ghostIsDirectory;
    private final Fd file;
    private final Log log;

    private BriefName(Birthplace place, UnixPath wanted, UnixPath name, boolean ghostIsDirectory, Fd file, Log log) {
        this.place = place;
        this.wanted = wanted;
        this.name = name;
        this.ghostIsDirectory = ghostIsDirectory;
        this.file = file;
        this.log = log;
    }

    /** Names {@code node} {@code wanted}. The place is borrowed. */
    static BriefName of(Node node, Birthplace place, UnixPath wanted, Log log) {
        UnixPath name = wanted;
        for (int i = 0; !node.tryMake(place.directory(), name); i++) {
            name = UnixPath.of(".stasis-ghost-" + ProcessHandle.current().pid() + "-" + i);
        }
        boolean done = false;
        try {
            Fd file = FileCalls.openAt(place.directory(), name, LOOK, 0);
            done = true;
            return new BriefName(place, wanted, name, node.isDirectory(), file, log);
        } finally {
            if (!done) {
                remove(place.directory(), name, node.isDirectory());
            }
        }
    }

    /** The ghost, by O_PATH; whoever asks owns it from then on, and closing this does not close it. */
    Fd file() {
        return file;
    }

    /** Takes the name away. */
    @Override
    public void close() {
        if (!name.equals(wanted) && isOfSameSort() && tryExchange()) {
            DirectoryCalls.rename(place.directory(), name, wanted);
            return;
        }
        remove(place.directory(), name, ghostIsDirectory);
        if (!name.equals(wanted)) {
            log.warn("the deleted file " + wanted + " is shown as " + name + ": what has its name now cannot be moved");
        }
    }

    /** A directory and another file cannot be renamed over each other. */
    private boolean isOfSameSort() {
        try (Fd other = FileCalls.openAt(place.directory(), wanted, LOOK, 0)) {
            FileStatus status = FileCalls.status(other);
            return !ghostIsDirectory && status.type() != FileType.DIRECTORY;
        } catch (KernelException e) {
            return false;
        }
    }

    private boolean tryExchange() {
        try {
            NameCalls.exchange(place.directory(), name, wanted);
            return true;
        } catch (KernelException e) {
            return false;
        }
    }

    private static void remove(Fd directory, UnixPath name, boolean isDirectory) {
        if (isDirectory) {
            DirectoryCalls.remove(directory, name);
        } else {
            DirectoryCalls.tryUnlink(directory, name);
        }
    }
}
