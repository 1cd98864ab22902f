package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
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

    /** What the inode's field is, which differs: a number, an enumeration since Linux 6.18, or a structure around it. */
    private enum Form { NUMBER, ENUMERATION, STRUCTURE }

    private final BpfProgram state;
    private final int bit;

    private LinkableFiles(BpfProgram state, int bit) {
        this.state = state;
        this.bit = bit;
    }

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<LinkableFiles> tryOpen() {
        for (Form form : Form.values()) {
            Optional<LinkableFiles> found = tryOpen(form);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<LinkableFiles> tryOpen(Form form) {
        BpfProgram state = null;
        int bit = 0;
        try {
            state = load(form);
            bit = bit(state);
        } catch (KernelException e) {
            // The kernel does not take it, or has no room.
        }
        if (bit == 0 && state != null) {
            state.close();
        }
        return bit == 0 ? Optional.empty() : Optional.of(new LinkableFiles(state, bit));
    }

    private static BpfProgram load(Form form) {
        InodeCode code = new InodeCode();
        code.answerOfInode("i_state", switch (form) {
            case NUMBER -> BpfTypes.UNSIGNED_INT;
            case ENUMERATION -> code.types().anyEnumeration();
            case STRUCTURE -> code.types().struct("inode_state_flags", Integer.BYTES, "__state", BpfTypes.UNSIGNED_INT, 0);
        });
        return code.load("inode states");
    }

    /** The one bit that is set for a file that may be named and not for one that may not; 0 when it is not just one. */
    private static int bit(BpfProgram state) {
        try (Fd place = MountCalls.detachedTmpfs(ROOM); Fd linkable = FileCalls.openAt(place, HERE, NAMELESS, 0600);
                Fd other = FileCalls.openAt(place, HERE, NAMELESS.with(OpenFlags.EXCL), 0600)) {
            int differing = of(state, linkable) ^ of(state, other);
            return Integer.bitCount(differing) == 1 && (of(state, linkable) & differing) != 0 ? differing : 0;
        }
    }

    private static int of(BpfProgram state, Fd file) {
        return state.run(file.number(), 0);
    }

    /** Whether {@code file}, which has no name and never had one, may be given one. */
    public boolean isLinkable(Fd file) {
        return (of(state, file) & bit) != 0;
    }

    @Override
    public void close() {
        state.close();
    }
}
