package dev.stasis.plugins.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;

/**
 * A pipe made again. Its two original ends are given to the first who want them, because what is opened anew by the link in
 * /proc is not quite the same: it has O_LARGEFILE. Whoever wants more gets it that way.
 */
final class RestoredPipe implements AutoCloseable {
    private static final OpenFlags SETTABLE = OpenFlags.APPEND.with(OpenFlags.NONBLOCK).with(OpenFlags.DIRECT)
            .with(OpenFlags.NOATIME);

    private final PipeCalls.Ends ends;
    private Fd spareRead;
    private Fd spareWrite;

    private RestoredPipe(PipeCalls.Ends ends) {
        this.ends = ends;
        this.spareRead = ends.read();
        this.spareWrite = ends.write();
    }

    /** An empty pipe as {@code entry} says. */
    static RestoredPipe make(pipe_data_entry entry) {
        PipeCalls.Ends ends = PipeCalls.create(OpenFlags.RDONLY);
        boolean made = false;
        try {
            if (entry.hasSize() && PipeCalls.capacity(ends.write()) != entry.getSize()) {
                PipeCalls.capacity(ends.write(), entry.getSize());
            }
            // Whom it belongs to decides who may open it by its link in /proc, such as /dev/stdout.
            if (entry.getUid() != 0 || entry.getGid() != 0) {
                InodeCalls.owner(ends.write(), entry.getUid(), entry.getGid());
            }
            if (entry.hasMode() && entry.getMode() != 0600) {
                InodeCalls.permissions(ends.write(), entry.getMode());
            }
            made = true;
            return new RestoredPipe(ends);
        } finally {
            if (!made) {
                ends.close();
            }
        }
    }

    /** The end to write to, borrowed; before anything was opened. */
    Fd writeEnd() {
        return ends.write();
    }

    /** An end with {@code flags}; the caller owns it. */
    Fd open(OpenFlags flags) {
        boolean anew = flags.has(OpenFlags.LARGEFILE);
        if (!anew && flags.accessMode() == AccessMode.READ && spareRead != null) {
            Fd end = spareRead;
            spareRead = null;
            return with(end, flags);
        }
        if (!anew && flags.accessMode() == AccessMode.WRITE && spareWrite != null) {
            Fd end = spareWrite;
            spareWrite = null;
            return with(end, flags);
        }
        UnixPath link = UnixPath.of("/proc/self/fd/" + (ends.read().isOpen() ? ends.read() : ends.write()).number());
        return with(FileCalls.open(link, flags.without(SETTABLE).without(OpenFlags.ASYNC), 0), flags);
    }

    /** {@code file} with the status flags of {@code flags}; O_ASYNC comes later. */
    static Fd with(Fd file, OpenFlags flags) {
        int settable = flags.bits() & SETTABLE.bits();
        if (settable != 0) {
            FileCalls.flags(file, new OpenFlags(settable));
        }
        return file;
    }

    /** Closes the ends that nobody wanted. */
    @Override
    public void close() {
        if (spareRead != null) {
            spareRead.close();
        }
        if (spareWrite != null) {
            spareWrite.close();
        }
    }
}
