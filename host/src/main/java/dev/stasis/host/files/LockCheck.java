package dev.stasis.host.files;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.Fd;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses files with locks or leases, which are not kept yet: a process that came back without its lock would do harm in
 * silence. /proc/locks tells on which inodes there are any at all; only for those is each descriptor asked.
 */
final class LockCheck {
    private static final UnixPath LOCKS = UnixPath.of("/proc/locks");

    private final Set<String> lockedInodes = new HashSet<>();

    LockCheck() {
        try (Fd file = FileCalls.open(LOCKS, OpenFlags.RDONLY, 0)) {
            read(new String(ProcFile.readAll(file), StandardCharsets.ISO_8859_1));
        }
    }

    /** Inode numbers alone, because on btrfs the device is told differently here. */
    private void read(String locks) {
        int end = locks.indexOf('\n');
        for (int start = 0; end >= 0; start = end + 1, end = locks.indexOf('\n', start)) {
            int colon = locks.lastIndexOf(':', end);
            int blank = locks.indexOf(' ', colon);
            if (colon > start && blank > colon) {
                lockedInodes.add(locks.substring(colon + 1, blank));
            }
        }
    }

    /** Adds a problem for each descriptor of {@code file} through which there is a lock or a lease. */
    void check(OpenFile file, List<Problem> problems) {
        if (lockedInodes.isEmpty() || !lockedInodes.contains(Long.toUnsignedString(file.status().inode().number()))) {
            return;
        }
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor && isLocked(descriptor.task(), descriptor.number())) {
                problems.add(new Problem(FilesErrorCode.FILE_LOCKED, descriptor + " (" + file.link() + ")",
                        "there is a lock or a lease on it, which is not kept yet", "dump the tree when the lock is released"));
            }
        }
    }

    private static boolean isLocked(Pid task, int number) {
        Optional<byte[]> info = ProcFile.tryRead(task, "fdinfo/" + number);
        return info.isPresent() && new String(info.get(), StandardCharsets.ISO_8859_1).contains("\nlock:");
    }
}
