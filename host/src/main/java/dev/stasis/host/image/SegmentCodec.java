package dev.stasis.host.image;

import dev.stasis.host.image.proto.ipc_desc_entry;
import dev.stasis.host.image.proto.ipc_shm_entry;
import dev.stasis.host.state.SystemVSegment;

/** A System V segment; its contents stand in a pagemap of their own. */
final class SegmentCodec {
    private SegmentCodec() {}

    /** {@code segment} as a message. */
    static ipc_shm_entry write(SystemVSegment segment) {
        ipc_desc_entry.Builder owner = ipc_desc_entry.newBuilder()
                .setKey(segment.key())
                .setUid(segment.uid())
                .setGid(segment.gid())
                .setCuid(segment.creatorUid())
                .setCgid(segment.creatorGid())
                .setMode(segment.mode())
                .setId(segment.id());
        return ipc_shm_entry.newBuilder().setDesc(owner).setSize(segment.size()).setInPagemaps(true).build();
    }

    /** The segment that {@code entry} tells of. */
    static SystemVSegment read(ipc_shm_entry entry) {
        ipc_desc_entry owner = entry.getDesc();
        MalformedImage.unless(owner.getId() >= 0 && entry.getSize() > 0, "it has a segment that cannot be");
        return new SystemVSegment(owner.getId(), owner.getKey(), owner.getUid(), owner.getGid(), owner.getCuid(), owner.getCgid(),
                owner.getMode(), entry.getSize());
    }
}
