package dev.stasis.plugins.epoll;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.plugins.epoll.proto.busy_poll;
import dev.stasis.plugins.epoll.proto.eventpoll_file_entry;
import dev.stasis.plugins.epoll.proto.eventpoll_tfd_entry;
import dev.stasis.plugins.epoll.proto.fown_entry;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an image has of an instance.
 *
 * @param items its items
 * @param targets for each item, the open file that it is on
 * @param busyPoll its setting
 */
record InstanceEntry(List<EpollItem> items, List<OpenFileId> targets, BusyPoll busyPoll) {

    /** The bytes for {@code dumped}, all of whose targets are known. */
    static byte[] encode(DumpedInstance dumped, BusyPoll busyPoll) {
        FileOwner owner = dumped.file().owner();
        eventpoll_file_entry.Builder entry = eventpoll_file_entry.newBuilder()
                .setId(dumped.file().id().number())
                .setFlags(dumped.file().flags().bits())
                .setFown(fown_entry.newBuilder()
                        .setUid(owner.uid())
                        .setEuid(owner.effectiveUid())
                        .setSignum(owner.signal())
                        .setPidType(owner.type())
                        .setPid(owner.id()));
        if (!busyPoll.isNone()) {
            entry.setBusyPoll(busy_poll.newBuilder()
                    .setUsecs(busyPoll.usecs())
                    .setBudget(busyPoll.budget())
                    .setPrefer(busyPoll.prefer()));
        }
        byte[] head = entry.build().toByteArray();
        ItemBytes bytes = new ItemBytes(head, dumped.items().size());
        for (int i = 0; i < dumped.items().size(); i++) {
            bytes.add(dumped.file().id(), dumped.items().get(i), dumped.target(i).id());
        }
        return bytes.all();
    }

    /** Reads the payload of {@code record}. */
    static InstanceEntry of(FileRecord record) {
        try {
            return of(eventpoll_file_entry.parseFrom(record.payload()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw malformed(record, e.getMessage(), e);
        }
    }

    private static InstanceEntry of(eventpoll_file_entry entry) {
        List<EpollItem> items = new ArrayList<>(entry.getTfdCount());
        List<OpenFileId> targets = new ArrayList<>(entry.getTfdCount());
        for (int i = 0; i < entry.getTfdCount(); i++) {
            eventpoll_tfd_entry item = entry.getTfd(i);
            if (!item.hasFile() || item.getTfd() < 0) {
                throw new IllegalArgumentException("item " + i + " does not say which file it is on, or under a number that none has");
            }
            items.add(new EpollItem(item.getTfd(), item.getEvents(), item.getData(), item.getInode(), item.getDev()));
            targets.add(new OpenFileId(item.getFile()));
        }
        busy_poll poll = entry.getBusyPoll();
        return new InstanceEntry(items, targets, new BusyPoll(poll.getUsecs(), poll.getBudget(), poll.getPrefer()));
    }

    static StasisException malformed(FileRecord record, String reason, Throwable cause) {
        return new StasisException(new Problem(EpollErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), reason,
                "the image was not made by this version of the plugin"), cause);
    }
}
