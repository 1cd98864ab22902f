package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.plugins.detachedmounts.proto.detached_mount_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Reads what the plugin wrote. */
final class Entries {
    private Entries() {}

    /** The entry of {@code record}; null when its mount is none of ours. */
    static detached_mount_entry of(FileRecord record) {
        if (record.location() == null || record.location().mountRemap().isEmpty()
                || !record.location().mountRemap().get().remap().equals(DetachedMountRemap.NAME)) {
            return null;
        }
        try {
            return detached_mount_entry.parseFrom(record.location().mountRemap().get().payload());
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(DetachedMountsErrorCode.ENTRY_MALFORMED, "mount of file " + record.id(),
                    "its entry in the image cannot be read: " + e.getMessage(), "the image is damaged, or of a later version"), e);
        }
    }

    /** Such as {@code fd 4 of task 17 (/in/file)}. */
    static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }
}
