package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import java.util.Optional;

/**
 * Tells whether a file that was made without a name may be given one: those of {@code O_TMPFILE} may, unless with {@code O_EXCL}.
 * The kernel forgets that flag, and all that linkat(2) checks before it is checked alike for both; but the inode keeps a bit. A BPF
 * program reads it, for which the kernel must know its own structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller have
 * CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN. Which bit it is two files of ours tell, one of each kind.
 *
 * <p>Not safe for use by several threads at once. To be closed.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class LinkableFiles implements AutoCloseable {
    private static final long ROOM = 1 << 16;
    private static final UnixPath HERE = UnixPath.of(".");
    private static final OpenFlags NAMELESS = OpenFlags.TMPFILE.with(OpenFlags.RDWR);

    private final InodeStateProgram program;
    private final int bit;

    private LinkableFiles(InodeStateProgram program, int bit) {
        this.program = program;
        this.bit = bit;
    }

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<LinkableFiles> tryOpen() {
        InodeStateProgram program = null;
        int bit = 0;
        try {
            program = new InodeStateProgram();
            bit = bit(program);
        } catch (KernelException e) {
            bit = 0;
        }
        if (bit != 0) {
            return Optional.of(new LinkableFiles(program, bit));
        }
        if (program != null) {
            program.close();
        }
        return Optional.empty();
    }

    /** The one bit that is set for a file that may be named and not for one that may not; 0 when it is not just one. */
    private static int bit(InodeStateProgram program) {
        try (Fd place = MountCalls.detachedTmpfs(ROOM); Fd linkable = FileCalls.openAt(place, HERE, NAMELESS, 0600);
                Fd other = FileCalls.openAt(place, HERE, NAMELESS.with(OpenFlags.EXCL), 0600)) {
            int differing = program.of(linkable) ^ program.of(other);
            return Integer.bitCount(differing) == 1 && (program.of(linkable) & differing) != 0 ? differing : 0;
        }
    }

    /** Whether {@code file}, which has no name and never had one, may be given one. */
    public boolean isLinkable(Fd file) {
        return (program.of(file) & bit) != 0;
    }

    @Override
    public void close() {
        program.close();
    }
}
