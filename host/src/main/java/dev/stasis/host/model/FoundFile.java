package dev.stasis.host.model;

import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An open file while its holders are still being found. */
final class FoundFile {
    private final OpenFileId id;
    private final FileStatus status;
    private final OpenFlags flags;
    private final OptionalLong position;
    private final FileOwner owner;
    private final UnixPath link;
    private final RemoteFd first;
    private final List<Holder> holders = new ArrayList<>(1);
    private long rank = SeenOrder.UNKNOWN;

    FoundFile(OpenFileId id, FileStatus status, OpenFlags flags, OptionalLong position, FileOwner owner, UnixPath link,
            RemoteFd first) {
        this.id = id;
        this.status = status;
        this.flags = flags;
        this.position = position;
        this.owner = owner;
        this.link = link;
        this.first = first;
    }

    OpenFileId id() {
        return id;
    }

    /** The descriptor it was found through; null for what no descriptor refers to. */
    RemoteFd first() {
        return first;
    }

    /** Its place among those that looked alike before. */
    long rank() {
        return rank;
    }

    void rank(long place) {
        rank = place;
    }

    void heldBy(Holder holder) {
        holders.add(holder);
    }

    OpenFile finished() {
        return new OpenFile(id, holders, status, flags, position, owner, link);
    }
}
