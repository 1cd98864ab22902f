package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * Tells whether a file may be written without a new time of its last change, by anybody: it is mapped so that it can be written
 * through the mapping, or direct I/O with it is under way (asynchronous, too). The kernel counts both in the inode, whatever name
 * space, file system above it, or kernel thread they are of. A BPF program reads those counts, for which the kernel must know its own
 * structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller have CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN.
 *
 * <p>Not safe for use by several threads at once. To be closed.
 */
public final class UnseenWriters implements AutoCloseable {
    private static final long ROOM = 1 << 16;
    private static final int PAGE = 4096;
    private static final int PROT_READ = 1;
    private static final int MAP_SHARED = 1;
    private static final UnixPath HERE = UnixPath.of(".");

    private final BpfProgram counts;

    private UnseenWriters(BpfProgram counts) {
        this.counts = counts;
    }

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<UnseenWriters> tryOpen() {
        UnseenWriters writers = null;
        boolean works = false;
        try {
            InodeCode code = new InodeCode();
            int count = code.types().struct("atomic_t", Integer.BYTES, "counter", BpfTypes.UNSIGNED_INT, 0);
            code.answerOfInode("i_dio_count", count);
            code.followFromInode("i_mapping");
            code.answer("address_space", "i_mmap_writable", count);
            writers = new UnseenWriters(code.load("users of inodes"));
            works = writers.sees();
        } catch (KernelException e) {
            // The kernel does not take it, or has no room.
        }
        if (!works && writers != null) {
            writers.close();
        }
        return works ? Optional.of(writers) : Optional.empty();
    }

    /** Whether it sees a mapping of our own that there is, and none that there is not. */
    private boolean sees() {
        try (Fd place = MountCalls.detachedTmpfs(ROOM);
                Fd file = FileCalls.openAt(place, HERE, OpenFlags.TMPFILE.with(OpenFlags.RDWR), 0600)) {
            boolean before = mayHave(file);
            long address = Syscalls.check("mmap", "users of inodes",
                    Syscalls.call6(SyscallNumber.MMAP, 0, PAGE, PROT_READ, MAP_SHARED, file.number(), 0));
            boolean meanwhile = mayHave(file);
            Syscalls.check("munmap", "users of inodes", Syscalls.call2(SyscallNumber.MUNMAP, address, PAGE));
            return !before && meanwhile && !mayHave(file);
        }
    }

    /** Whether there may be such writers of {@code file} now. */
    public boolean mayHave(Fd file) {
        return counts.run(file.number(), 0) != 0;
    }

    @Override
    public void close() {
        counts.close();
    }
}
