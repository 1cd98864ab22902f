package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A way to find a file again whose path does not lead to it: it was deleted, renamed over, or never had a name. Works for
 * every kind of file that has a location, and below remapped mounts too.
 */
@ConsumerType
public interface PathRemap {

    /** The name in images and messages; unique among all remaps. */
    String name();

    /** Whether it can find {@code file} again, whose path does not lead to it. Looks only. */
    Claim claim(OpenFile file, ClaimContext context);

    /**
     * Whether {@code file}, whose path leads to it, must be found another way nevertheless, because that name goes as soon as
     * nobody has the file open any more. Then {@link #claim} is asked as if the path led nowhere. Asked of every file, while the
     * tree stands still: must be quick. Looks only.
     */
    default boolean isFleeting(OpenFile file, ClaimContext context) {
        return false;
    }

    /**
     * How many bytes of contents the image will hold for the inode of {@code file}, which it claimed, as far as
     * looking tells. Asked once for each inode, so that there is room before anything is written. Looks only.
     */
    default long contentBytes(OpenFile file, ClaimContext context) {
        return 0;
    }

    /**
     * How many of the {@link #contentBytes} are in the image since {@link #lookAhead} and need no more room. Asked once for each
     * inode when the tree stands still. Looks only.
     */
    default long bytesAhead(OpenFile file, ClaimContext context) {
        return 0;
    }

    /**
     * Whether there is so much to do for the file behind {@code descriptor}, which /proc shows as {@code link}, that
     * {@link #lookAhead} is worth it even if the tree has few files. Must not disturb the task, which runs and may close the
     * descriptor meanwhile.
     */
    default boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        return false;
    }

    /**
     * Looks at those {@code files} that it claimed, of a tree that still runs: they may change and be closed meanwhile. Called at
     * most once before a dump, and not before every one. What is read here may be written into the image already; whether it
     * holds is for {@link #dump} to find out. Must not disturb the tree: no descriptor of its files stays open. A failure
     * makes the dump go on as if there had been no look.
     */
    default void lookAhead(List<OpenFile> files, FirstLookContext context) {}

    /** Keeps what is needed to find {@code file} again; returns the remap's own message. */
    byte[] dump(OpenFile file, DumpContext context);

    /** Finds what would make {@link #open} fail, as far as looking can tell. */
    default List<Problem> plan(FileRecord record, RestoreContext context) {
        return List.of();
    }

    /**
     * Opens the file of {@code record} with {@code flags}.
     *
     * @param base the directory that {@code path} is relative to; borrowed
     * @return a descriptor that the caller owns
     */
    Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context);
}
