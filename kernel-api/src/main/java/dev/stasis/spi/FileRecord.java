package dev.stasis.spi;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * An open file as an image tells of it.
 *
 * @param id its number in the image
 * @param kind the name of the kind that wrote it
 * @param flags access mode and status flags
 * @param position where the next read or write goes; empty for what has no position
 * @param owner who gets SIGIO; the host sets it
 * @param link what /proc showed for it
 * @param holders all that referred to it
 * @param location where it is found again; null for kinds without one
 * @param identity which inode it was; null in images that do not tell
 * @param payload the bytes that the kind wrote, its own message
 */
public record FileRecord(
        OpenFileId id,
        String kind,
        OpenFlags flags,
        OptionalLong position,
        FileOwner owner,
        UnixPath link,
        List<Holder> holders,
        LocationRecord location,
        FileIdentity identity,
        byte[] payload) {

    public FileRecord {
        Objects.requireNonNull(kind);
        holders = List.copyOf(holders);
    }

    /** A record that does not tell which inode it was. */
    public FileRecord(
            OpenFileId id,
            String kind,
            OpenFlags flags,
            OptionalLong position,
            FileOwner owner,
            UnixPath link,
            List<Holder> holders,
            LocationRecord location,
            byte[] payload) {
        this(id, kind, flags, position, owner, link, holders, location, null, payload);
    }
}
