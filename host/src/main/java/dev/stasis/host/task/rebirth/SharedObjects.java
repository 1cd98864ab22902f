package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;

/**
 * Shared anonymous memory. The first task that maps an object makes it; this process holds it by /proc/PID/map_files, fills it
 * through that, and all mappings of all tasks are then made of this one descriptor.
 */
final class SharedObjects implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_ANONYMOUS_NORESERVE = 0x4021;
    private static final int PIECE = 1 << 20;

    private final PagesSource source;
    private final Map<Long, Fd> files = new HashMap<>();
    private NativeMemory piece;

    SharedObjects(PagesSource source) {
        this.source = source;
    }

    /** The object {@code id} as a file, made in {@code task} when it does not exist yet; borrowed. */
    Fd file(Newborn task, long id) {
        Fd file = files.get(id);
        if (file == null) {
            file = make(task, size(task, id));
            files.put(id, file);
            fill(file, source.shared(id));
        }
        return file;
    }

    private long size(Newborn task, long id) {
        for (SharedMemory object : source.sharedObjects()) {
            if (object.id() == id) {
                return object.size();
            }
        }
        throw new StasisException(new Problem(RebirthError.BAD_RECORDS, RestorePlan.subject(task.state),
                "it maps shared memory " + id + ", which the image does not have", "dump again"));
    }

    private static Fd make(Newborn task, long size) {
        long at = task.call("mmap", SyscallNumber.MMAP, 0, size, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS_NORESERVE, -1, 0);
        long end = at + ((size + PageRun.PAGE - 1) & -PageRun.PAGE);
        UnixPath path = UnixPath.of("/proc/" + task.pid() + "/map_files/" + Long.toHexString(at) + "-" + Long.toHexString(end));
        Fd file = FileCalls.open(path, OpenFlags.RDWR, 0);
        task.call("munmap", SyscallNumber.MUNMAP, at, size);
        return file;
    }

    /** Fills {@code file} with what the image holds of object {@code id}. */
    void fill(Fd file, long id) {
        fill(file, source.shared(id));
    }

    private void fill(Fd file, Pages pages) {
        if (piece == null && !pages.runs().isEmpty()) {
            piece = NativeMemory.allocate(PIECE);
        }
        for (PageRun run : pages.runs()) {
            for (long done = 0; done < run.length(); ) {
                int count = FileCalls.readAt(pages.descriptor(), piece, (int) Math.min(PIECE, run.length() - done),
                        run.imageOffset() + done);
                if (count == 0) {
                    throw Contents.truncated();
                }
                FileCalls.writeAt(file, piece, count, run.start().value() + done);
                done += count;
            }
        }
    }

    @Override
    public void close() {
        for (Fd file : files.values()) {
            file.close();
        }
    }
}
