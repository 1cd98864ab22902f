package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/** What all files have in common that are opened again by their path. */
abstract class ReopenedKind implements FdKind {
    /** CRIU's REG and its field in a file entry. */
    private static final ImageType REG = new ImageType(1, 3);

    /** Flags that act while a file is opened and must not act again. */
    private static final OpenFlags ACTING = OpenFlags.CREAT.with(OpenFlags.EXCL).with(OpenFlags.TRUNC).with(OpenFlags.NOCTTY);

    private static final OpenFlags TMPFILE_ALONE = OpenFlags.TMPFILE.without(OpenFlags.DIRECTORY);

    private final FileSystems fileSystems = new FileSystems();

    @Override
    public ImageType imageType() {
        return REG;
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return FileEntry.of(file, fileSystems.pseudo(file, context), fileSystems.keepsBirth(file, context)).encode(file);
    }

    /** The claim of {@code file}, which is of this kind and is found again by its path. */
    final Claim found(OpenFile file, ClaimContext context) {
        boolean missed = ProcessFiles.isOfPart(file.link()) && fileSystems.pseudo(file, context) == ProcessFiles.PROC;
        return missed ? Claim.refuse(Claim.Fit.TYPE, "it is a file of one thread, descriptor or mapping of a process, which a restored"
                + " process does not have yet when it gets its files", "close it") : Claim.takeLocated(Claim.Fit.TYPE);
    }

    /** Whether {@code link} is a path, found or not, rather than a name of the kernel's own such as {@code pipe:[3]}. */
    static boolean hasPath(OpenFile file) {
        return file.link().isAbsolute() || file.link().length() == 0 || file.link().startsWith("(unreachable)");
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        FileEntry entry = FileEntry.of(record);
        LocationRecord location = record.location();
        if (location.pathRemap().isPresent()) {
            return List.of();
        }
        if (location.mountRemap().isPresent()) {
            return planBelowRemappedMount(record, entry, context);
        }
        if (ProcessFiles.isOne(record, entry)) {
            return ProcessFiles.plan(record, context.options());
        }
        Optional<FileStatus> now = LongPaths.tryLinkStatus(location.path());
        if (now.isEmpty()) {
            return List.of(ChangeCheck.missing(record));
        }
        Optional<Problem> problem = ChangeCheck.check(record, entry, now.get(), context.options());
        return problem.isPresent() ? List.of(problem.get()) : List.of();
    }

    private static List<Problem> planBelowRemappedMount(FileRecord record, FileEntry entry, RestoreContext context) {
        try (Fd file = context.open(record, OpenFlags.PATH.with(OpenFlags.NOFOLLOW))) {
            Optional<Problem> problem = ChangeCheck.check(record, entry, FileCalls.status(file), context.options());
            return problem.isPresent() ? List.of(problem.get()) : List.of();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return List.of(ChangeCheck.missing(record));
            }
            throw e;
        }
    }

    @Override
    public boolean needsProcesses(FileRecord record, RestoreContext context) {
        return ProcessFiles.mayBeOne(record) && ProcessFiles.isOne(record, FileEntry.of(record)) && !ProcessFiles.exists(record);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        FileEntry entry = FileEntry.of(record);
        Fd file = open(record, entry, context);
        boolean done = false;
        try {
            check(record, entry, file, context);
            if (!isFilledLater(record, entry)) {
                seek(record, entry, file, context);
            }
            done = true;
            return file;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /** A file of a process is positioned when the process is all there: its text is what counts. */
    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        if (ProcessFiles.mayBeOne(record)) {
            FileEntry entry = FileEntry.of(record);
            if (isFilledLater(record, entry)) {
                seek(record, entry, file, context);
            }
        }
    }

    private static boolean isFilledLater(FileRecord record, FileEntry entry) {
        return ProcessFiles.mayBeOne(record) && ProcessFiles.isOne(record, entry);
    }

    private static Fd open(FileRecord record, FileEntry entry, RestoreContext context) {
        try {
            return context.open(record, flags(record, entry));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                throw new StasisException(ChangeCheck.missing(record), e);
            }
            throw e;
        }
    }

    /**
     * The flags as F_GETFL told them are those that were given to open(2), but for the ones that act. A file made with
     * O_TMPFILE and given a name since is an ordinary one.
     */
    private static OpenFlags flags(FileRecord record, FileEntry entry) {
        OpenFlags flags = record.flags().without(ACTING);
        if (!flags.has(TMPFILE_ALONE)) {
            return flags;
        }
        OpenFlags ordinary = flags.without(TMPFILE_ALONE);
        return entry.type() == FileType.DIRECTORY ? ordinary : ordinary.without(OpenFlags.DIRECTORY);
    }

    /**
     * Looks again: between plan and opening the path may have come to lead elsewhere. What a remap made anew is what it made
     * it; but where it found the very file again, by another name, others may have changed that.
     */
    private static void check(FileRecord record, FileEntry entry, Fd file, RestoreContext context) {
        FileStatus now = FileCalls.status(file);
        if (record.location().pathRemap().isPresent() && !isFoundByAnotherName(entry, now)) {
            return;
        }
        Optional<Problem> problem = ChangeCheck.check(record, entry, now, context.options());
        if (problem.isPresent()) {
            throw new StasisException(problem.get());
        }
    }

    private static boolean isFoundByAnotherName(FileEntry entry, FileStatus now) {
        return now.links() > 0 && now.type() == FileType.REGULAR && now.inode().equals(entry.inode());
    }

    private static void seek(FileRecord record, FileEntry entry, Fd file, RestoreContext context) {
        boolean seekable = entry.type() == FileType.REGULAR || entry.type() == FileType.DIRECTORY;
        if (!seekable || record.position().isEmpty() || record.position().getAsLong() == 0) {
            return;
        }
        try {
            FileCalls.position(file, record.position().getAsLong());
        } catch (KernelException e) {
            if (entry.pseudoFileSystem() == 0) {
                throw e;
            }
            context.log().warn(ChangeCheck.subject(record) + ": starts from its beginning again, it cannot be positioned ("
                    + e.errno().name() + ")");
        }
    }
}
