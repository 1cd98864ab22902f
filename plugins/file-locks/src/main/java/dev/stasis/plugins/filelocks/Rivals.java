package dev.stasis.plugins.filelocks;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** Finds those who took a lock while the tree did not exist. Looks only; what it cannot see the kernel tells later. */
final class Rivals {
    private final RestoreContext context;
    private final LockedFiles locked = LockedFiles.read();
    private Mounts mounts;

    Rivals(RestoreContext context) {
        this.context = context;
    }

    /** Adds a problem when somebody has what {@code lock} on the file of {@code record} excludes. */
    void check(SavedLock lock, FileRecord record, List<Problem> problems) {
        LocationRecord location = record.location();
        if (location == null || location.mountRemap().isPresent() || location.pathRemap().isPresent()) {
            return; // nobody else has the file, or its path does not lead to it yet
        }
        Optional<FileLock> wanted = locate(lock, record);
        for (int i = 0; wanted.isPresent() && i < locked.locks().size(); i++) {
            FileLock held = locked.locks().get(i);
            if (!held.waits() && held.excludes(wanted.get())) {
                problems.add(taken(lock, record, held));
            }
        }
    }

    static Problem taken(SavedLock lock, FileRecord record, FileLock by) {
        String who = by.pid() > 0 ? OtherParties.process(new Pid(by.pid())) : "another open file";
        return new Problem(FileLocksErrorCode.LOCK_TAKEN, LockRestore.subject(lock, record), "its " + lock.describe()
                + " cannot be set: meanwhile " + who + " has a " + by.describe(), "have that process release it, or end it");
    }

    /** Empty when the file is not there: its kind says so itself. */
    private Optional<FileLock> locate(SavedLock lock, FileRecord record) {
        try (Fd file = context.open(record, OpenFlags.PATH)) {
            FileStatus status = FileCalls.status(file);
            Optional<MountEntry> mount = mounts().byId(status.mountId());
            return Optional.of(lock.on(mount.isPresent() ? mount.get().device() : status.inode().device(),
                    status.inode().number()));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private Mounts mounts() {
        if (mounts == null) {
            mounts = Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo"));
        }
        return mounts;
    }
}
