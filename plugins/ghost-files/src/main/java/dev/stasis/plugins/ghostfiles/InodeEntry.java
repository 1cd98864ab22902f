package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.proto.ghost_attribute;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_time;
import java.util.List;
import java.util.OptionalInt;

/** Puts into an entry what the kernel tells of an inode. */
final class InodeEntry {
    private InodeEntry() {}

    /** An entry with all that {@code status} tells. */
    static ghost_inode_entry.Builder of(FileStatus status) {
        return ghost_inode_entry.newBuilder()
                .setUid(status.uid())
                .setGid(status.gid())
                .setMode(status.mode())
                .setDev(status.inode().device().kernelEncoding())
                .setIno(status.inode().number())
                .setRdev(status.represents().kernelEncoding())
                .setSize(status.size())
                .setAccessed(time(status.accessed()))
                .setModified(time(status.modified()));
    }

    static ghost_time time(Timestamp time) {
        return ghost_time.newBuilder().setSeconds(time.seconds()).setNanoseconds(time.nanoseconds()).build();
    }

    /** Adds the extended attributes of {@code file}, for which O_PATH will do. */
    static void addAttributes(Fd file, ghost_inode_entry.Builder entry) {
        List<UnixPath> names = AttributeCalls.names(file);
        for (int i = 0; i < names.size(); i++) {
            entry.addAttributes(ghost_attribute.newBuilder()
                    .setName(ByteString.copyFrom(names.get(i).bytes()))
                    .setValue(ByteString.copyFrom(AttributeCalls.value(file, names.get(i)))));
        }
    }

    /** Adds the inode flags of {@code file}, which is open for reading, where it has such. */
    static void addFlags(Fd file, ghost_inode_entry.Builder entry) {
        OptionalInt flags = AttributeCalls.tryFlags(file);
        if (flags.isPresent()) {
            entry.setInodeFlags(flags.getAsInt());
        }
    }

    /** Adds {@code extents}. */
    static void addExtents(List<Extent> extents, ghost_inode_entry.Builder entry) {
        for (int i = 0; i < extents.size(); i++) {
            entry.addExtents(ghost_extent.newBuilder().setOffset(extents.get(i).offset()).setLength(extents.get(i).length()));
        }
    }
}
