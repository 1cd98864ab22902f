package dev.stasis.spi;

import dev.stasis.linux.Fd;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A way to find the mount of a file again that is no longer where the file's path says. */
@ConsumerType
public interface MountRemap {

    /** The name in images and messages; unique among all remaps. */
    String name();

    /** Whether it can find the mount of {@code file} again. Looks only. */
    Claim claim(OpenFile file, ClaimContext context);

    /** Keeps what is needed to find the mount again; returns the remap's own message. */
    byte[] dump(OpenFile file, DumpContext context);

    /** Finds what would make {@link #root} fail, as far as looking can tell. */
    default List<Problem> plan(FileRecord record, RestoreContext context) {
        return List.of();
    }

    /** The root directory of the mount of {@code record}, which the caller owns; paths are opened relative to it. */
    Fd root(FileRecord record, RestoreContext context);
}
