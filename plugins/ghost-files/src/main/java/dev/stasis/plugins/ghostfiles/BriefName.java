package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameSequence;
import dev.stasis.linux.fs.NameSequence.Step;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Optional;

/**
 * The old name of a ghost, which it has for a moment: whoever opens it meanwhile sees the name with " (deleted)" ever after.
 *
 * <p>When the name is another file's now, the ghost gets a name of its own first. Then the two change places, and the other
 * is renamed over the ghost: that leaves the ghost its old name, deleted, and the other file is where it was. At no moment
 * is there nothing under the name; only a directory cannot be renamed over another file, nor that over a directory, so there
 * the ghost is removed first.
 */
final class BriefName {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    /** What has the name now. */
    private enum Taken { BY_NOBODY, BY_FILE, BY_DIRECTORY }

    private final Fd directory;
    private final UnixPath wanted;
    private final UnixPath name;
    private final boolean isDirectory;
    private final Taken taken;
    private Step make;
    private Step find;
    private Step exchange;
    private Step putBack;
    private Step rescue;

    private BriefName(Fd directory, UnixPath wanted, UnixPath name, boolean isDirectory, Taken taken) {
        this.directory = directory;
        this.wanted = wanted;
        this.name = name;
        this.isDirectory = isDirectory;
        this.taken = taken;
    }

    /**
     * The name {@code wanted} at {@code place}.
     *
     * @param attempt how often it was tried already, so that names of its own differ
     * @param number tells the names of one ghost apart
     */
    static BriefName of(Birthplace place, UnixPath wanted, boolean isDirectory, int attempt, int number) {
        Taken taken = place.missing().isEmpty() ? taken(place.directory(), wanted) : Taken.BY_NOBODY;
        if (taken == Taken.BY_NOBODY) {
            return new BriefName(place.directory(), place.of(wanted), place.of(wanted), isDirectory, taken);
        }
        UnixPath own = UnixPath.of(".stasis-ghost-" + ProcessCalls.self() + "-" + attempt + "-" + number);
        return new BriefName(place.directory(), wanted, own, isDirectory, taken);
    }

    private static Taken taken(Fd directory, UnixPath name) {
        Optional<Fd> found = DirectoryCalls.tryOpenAt(directory, name, LOOK);
        if (found.isEmpty()) {
            return Taken.BY_NOBODY;
        }
        try (Fd other = found.get()) {
            return FileCalls.status(other).type() == FileType.DIRECTORY ? Taken.BY_DIRECTORY : Taken.BY_FILE;
        }
    }

    /** The ghost once {@link #make} was done. */
    Node named() {
        return new Node.Named(directory, name);
    }

    /** Has {@code sequence} give the name to {@code node}. */
    Step make(NameSequence sequence, Node node) {
        make = node.make(sequence, directory, name);
        return make;
    }

    /** Has {@code sequence} open what has the name, which is {@code node}. */
    Step find(NameSequence sequence, Node node) {
        find = node.find(sequence, directory, name);
        return find;
    }

    /** Has {@code sequence} take the name away as the file's. */
    Step remove(NameSequence sequence) {
        return remove(sequence, name);
    }

    private Step remove(NameSequence sequence, UnixPath which) {
        return (isDirectory ? sequence.removeDirectory(directory, which) : sequence.unlink(directory, which)).whatever();
    }

    /** Has {@code sequence} take the name away so that it is the wanted one that was deleted. */
    void end(NameSequence sequence) {
        if (taken == Taken.BY_NOBODY) {
            remove(sequence);
        } else if ((taken == Taken.BY_DIRECTORY) == isDirectory) {
            endUnder(sequence);
        } else {
            endAround(sequence);
        }
    }

    private void endUnder(NameSequence sequence) {
        exchange = sequence.exchange(directory, name, wanted);
        putBack = sequence.rename(directory, name, wanted);
        Step back = sequence.exchange(directory, name, wanted).whatever();
        putBack.onFailure(back);
        exchange.onFailure(remove(sequence));
        putBack.then(sequence.mark());
    }

    /** The other one must come back whatever happens, even if somebody makes another of its name in that moment. */
    private void endAround(NameSequence sequence) {
        exchange = sequence.exchange(directory, name, wanted);
        Step removed = remove(sequence, wanted);
        putBack = sequence.renameToFree(directory, name, wanted);
        rescue = sequence.exchange(directory, name, wanted);
        Step back = sequence.exchange(directory, name, wanted).whatever();
        Step last = remove(sequence);
        Step end = sequence.mark();
        exchange.onFailure(last);
        removed.onFailure(back);
        putBack.then(end).onFailure(rescue);
        rescue.then(end).onFailure(end);
    }

    /** Whether somebody else came or went under the name meanwhile, so that all of it must be tried again. */
    boolean mustTryAgain() {
        return make.failedWith(Errno.EEXIST) || exchange != null && exchange.failedWith(Errno.ENOENT);
    }

    /** Why the file could not be named or found; null when it could. */
    KernelException failure() {
        return make.failure() != null ? make.failure() : find.failure();
    }

    /** Whether the file was found, and {@link #descriptor()} must be asked for. */
    boolean isFound() {
        return find.isDone();
    }

    /** The ghost, by O_PATH or for reading; whoever asks owns it. */
    Fd descriptor() {
        return find.descriptor();
    }

    /** What people must know: that it is shown under another name than before; empty when all went well. */
    Optional<String> warning() {
        if (taken == Taken.BY_NOBODY || putBack.isDone()) {
            return Optional.empty();
        }
        if (putBack.failure() != null && rescue != null) {
            return Optional.of("while the deleted file " + wanted + " was made again, somebody made another of that name: it is "
                    + name + " now");
        }
        return Optional.of("the deleted file " + wanted + " is shown as " + name + ": what has its name now cannot be moved");
    }
}
