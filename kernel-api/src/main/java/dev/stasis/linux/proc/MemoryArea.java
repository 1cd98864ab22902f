package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import java.util.Objects;
import java.util.Set;

/**
 * One mapping of a process, as /proc/PID/smaps shows it.
 *
 * @param start first address
 * @param end first address behind it
 * @param protection PROT_READ (1), PROT_WRITE (2), PROT_EXEC (4)
 * @param shared whether changes are seen by others (MAP_SHARED)
 * @param offset of the first byte in the file, 0 for anonymous memory
 * @param inode of the file; number and device 0 for anonymous private memory. On btrfs the device is not the one statx(2) tells
 * @param path as the kernel wrote it, with line feeds restored: a name in brackets such as {@code [heap]}, a path, perhaps
 *     with " (deleted)" behind it, or empty. A backslash and three digits in a real name cannot be told from an escape:
 *     where that matters, follow /proc/PID/map_files instead
 * @param flags the two-letter VmFlags, and {@link #PROTECTION_KEY} where there is one; empty when read from /proc/PID/maps
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html">proc_pid_smaps(5)</a>
 */
public record MemoryArea(
        RemoteAddress start,
        RemoteAddress end,
        int protection,
        boolean shared,
        long offset,
        InodeId inode,
        UnixPath path,
        Set<String> flags) {
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXECUTE = 4;
    /** Stands among the flags of an area that pkey_mprotect(2) gave another protection key than the usual 0. */
    public static final String PROTECTION_KEY = "ProtectionKey";

    private static final DeviceNumber NO_DEVICE = new DeviceNumber(0, 0);

    public MemoryArea {
        Objects.requireNonNull(start);
        Objects.requireNonNull(end);
        Objects.requireNonNull(inode);
        Objects.requireNonNull(path);
        flags = Set.copyOf(flags);
    }

    /** Its size in bytes. */
    public long length() {
        return end.value() - start.value();
    }

    /** Whether it has protection bit {@code bit}. */
    public boolean allows(int bit) {
        return (protection & bit) != 0;
    }

    /** Whether VmFlag {@code name} is set. */
    public boolean has(String name) {
        return flags.contains(name);
    }

    /** Whether an inode is behind it: a file, a memfd, shared anonymous memory or a System V segment. */
    public boolean hasInode() {
        return inode.number() != 0 || !inode.device().equals(NO_DEVICE); // the first System V segment has number 0
    }

    /** Whether the kernel shows name {@code name}, such as {@code [vdso]}. */
    public boolean isNamed(String name) {
        return path.length() == name.length() && path.startsWith(name);
    }

    /** Whether it is memory that mmap(2) shared without a file (MAP_SHARED and MAP_ANONYMOUS): no path leads to it. */
    public boolean isSharedAnonymous() {
        return shared && hasInode() && (isNamed("/dev/zero (deleted)") || path.startsWith("[anon_shmem:"));
    }

    /** Whether it is a System V shared memory segment. */
    public boolean isSystemV() {
        return path.startsWith("/SYSV") && path.endsWith(" (deleted)");
    }

    /** Whether {@code address} lies in it. */
    public boolean contains(RemoteAddress address) {
        return start.compareTo(address) <= 0 && address.compareTo(end) < 0;
    }

    /** The link below /proc/{@code pid} that leads to the mapped file whatever its path says: map_files/START-END. */
    public String mapFilesName() {
        return Long.toHexString(start.value()) + "-" + Long.toHexString(end.value());
    }
}
