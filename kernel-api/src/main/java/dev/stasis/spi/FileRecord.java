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
        byte[] payload) {

    public FileRecord {
        Objects.requireNonNull(kind);
        holders = List.copyOf(holders);
    }
}
