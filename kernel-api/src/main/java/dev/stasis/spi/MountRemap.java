package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** A way to find the mount of a file again that is no longer where the file's path says. */
@ConsumerType
public interface MountRemap {

    /** The name in images and messages; unique among all remaps. */
    String name();

    /** Whether it can find the mount of {@code file} again. Looks only. */
    Claim claim(OpenFile file, ClaimContext context);

    /**
     * The root of the mount of {@code file} as far as it can be looked at while the tree is dumped, through whatever mount;
     * borrowed by the host, valid until the dump ends (see {@link ClaimContext#own}). The host looks below it whether the path
     * of the file leads to it, and asks path remaps if not.
     *
     * @return empty when there is nothing to look at: then path remaps are asked in any case
     */
    Optional<Fd> presentRoot(OpenFile file, ClaimContext context);

    /** The path of {@code file} below that root, with " (deleted)" behind it where /proc shows that. */
    default UnixPath link(OpenFile file, ClaimContext context) {
        return file.link();
    }

    /** Keeps what is needed to find the mount again; returns the remap's own message. */
    byte[] dump(OpenFile file, DumpContext context);

    /** Finds what would make {@link #root} fail, as far as looking can tell. */
    default List<Problem> plan(FileRecord record, RestoreContext context) {
        return List.of();
    }

    /**
     * The root of the mount of {@code record}, which the caller owns; paths are opened relative to it. A mount may show a
     * single file: then its root is that file.
     */
    Fd root(FileRecord record, RestoreContext context);
}
