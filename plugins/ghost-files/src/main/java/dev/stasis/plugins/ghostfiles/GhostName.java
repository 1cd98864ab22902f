package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.UnixPath;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord.Remapped;
import java.util.Optional;

/**
 * A name that a ghost had on a mount.
 *
 * @param mount what a remap wrote of the mount; empty for paths that are the host's
 * @param path below the mount's root
 */
record GhostName(ByteString mount, UnixPath path) {

    static GhostName of(FileRecord record) {
        Optional<Remapped> mount = record.location().mountRemap();
        return new GhostName(mount.isPresent() ? ByteString.copyFrom(mount.get().payload()) : ByteString.EMPTY,
                record.location().path());
    }

    // By hand: what the compiler generates for a record starts up method handles, some milliseconds of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof GhostName name && path.equals(name.path) && mount.equals(name.mount);
    }

    @Override
    public int hashCode() {
        return 31 * mount.hashCode() + path.hashCode();
    }

    boolean isOnMountOf(GhostName other) {
        return mount.equals(other.mount);
    }
}
