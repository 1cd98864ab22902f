package dev.stasis.host.state;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.spi.OpenFileId;
import java.util.Set;

/**
 * One mapping of an address space.
 *
 * @param start first address
 * @param end first address behind it
 * @param protection PROT_READ (1), PROT_WRITE (2), PROT_EXEC (4)
 * @param kind what is mapped
 * @param file the open file that stands for the mapped file; null when none is
 * @param fileWritable whether the file was opened for writing, so that a shared mapping may become writable
 * @param offset of the first byte in what is mapped
 * @param sharedObject tells shared anonymous mappings of the same memory from others (its inode number), and for those of a
 *     System V segment which one ({@link SystemVSegment#object}); 0 otherwise
 * @param flags the kernel's two-letter VmFlags that must be set again: gd (grows down), lo (locked), nr, ac, hg, nh, dc,
 *     de, dd, wf, mg, sr, rr ...
 * @param policy from which nodes its memory is taken; the default when it has none of its own
 */
public record Mapping(
        RemoteAddress start,
        RemoteAddress end,
        int protection,
        Kind kind,
        OpenFileId file,
        boolean fileWritable,
        long offset,
        long sharedObject,
        Set<String> flags,
        MemoryPolicy policy) {

    /** A mapping without a policy of its own. */
    public Mapping(
            RemoteAddress start,
            RemoteAddress end,
            int protection,
            Kind kind,
            OpenFileId file,
            boolean fileWritable,
            long offset,
            long sharedObject,
            Set<String> flags) {
        this(start, end, protection, kind, file, fileWritable, offset, sharedObject, flags, MemoryPolicy.DEFAULT);
    }

    /** What is mapped. */
    public enum Kind {
        PRIVATE_ANONYMOUS,
        SHARED_ANONYMOUS,
        /** A System V segment. */
        SYSTEM_V,
        PRIVATE_FILE,
        SHARED_FILE,
        VDSO,
        VVAR,
        VVAR_VCLOCK,
        VSYSCALL;

        /** Whether the kernel itself provides it. */
        public boolean isKernels() {
            return this == VDSO || this == VVAR || this == VVAR_VCLOCK || this == VSYSCALL;
        }
    }

    public Mapping {
        flags = Set.copyOf(flags);
    }

    /** Its size in bytes. */
    public long length() {
        return end.value() - start.value();
    }

    /** Whether it has flag {@code name}. */
    public boolean has(String name) {
        return flags.contains(name);
    }
}
