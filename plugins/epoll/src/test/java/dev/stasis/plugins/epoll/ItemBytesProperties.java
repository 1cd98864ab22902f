package dev.stasis.plugins.epoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.plugins.epoll.proto.eventpoll_file_entry;
import dev.stasis.plugins.epoll.proto.eventpoll_tfd_entry;
import dev.stasis.spi.OpenFileId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ItemBytesProperties {

    @Property(tries = 300)
    void areWhatGeneratedCodeWouldHaveWritten(@ForAll @IntRange(min = 0) int number, @ForAll int events, @ForAll long data,
            @ForAll int device, @ForAll long inode, @ForAll @IntRange(min = 1) int instance, @ForAll @IntRange(min = 1) int target)
            throws Exception {
        ItemBytes bytes = new ItemBytes(new byte[0], 0);
        EpollItem item = new EpollItem(number, events, data, inode, device);
        bytes.add(new OpenFileId(instance), item, new OpenFileId(target));
        bytes.add(new OpenFileId(instance), item, new OpenFileId(target));
        eventpoll_tfd_entry expected = eventpoll_tfd_entry.newBuilder().setId(instance).setTfd(number).setEvents(events).setData(data)
                .setDev(device).setInode(inode).setPos(0).setFile(target).build();
        assertThat(bytes.all()).isEqualTo(
                eventpoll_file_entry.newBuilder().addTfd(expected).addTfd(expected).buildPartial().toByteArray());
    }
}
