package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.InotifyMark;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A search opened directory 7, which is watched as 1, and "sub" in it; it never came to directory 9, which is watched as 2. */
class SearchEventsTest {
    private static final DeviceNumber DEVICE = DeviceNumber.ofKernelEncoding(1);
    private static final UnixPath ITSELF = UnixPath.of("");
    private static final UnixPath SUB = UnixPath.of("sub");

    private static SearchEvents events(EventMask mask) {
        OwnSearch search = new OwnSearch();
        search.add(directory(7), null, ITSELF, List.of(SUB));
        search.add(directory(8), directory(7), SUB, List.of());
        return new SearchEvents(List.of(watch(1, 7, mask), watch(2, 9, mask)), search);
    }

    private static FileStatus directory(long inode) {
        return new FileStatus(040755, new InodeId(DEVICE, inode), 1, 2, 0, 0, 0, 0, DEVICE, null, null, null);
    }

    private static Watch watch(int number, long inode, EventMask mask) {
        return new Watch(new InotifyMark(new WatchDescriptor(number), inode, DEVICE, mask, null),
                new WatchTarget(true, null, new InodeId(DEVICE, inode), null, false, false));
    }

    private static InotifyEvent event(int watch, EventMask mask, UnixPath name) {
        return new InotifyEvent(new WatchDescriptor(watch), mask.with(EventMask.ISDIR), 0, name);
    }

    private static boolean isOne(SearchEvents events, int watch, UnixPath name, EventMask... masks) {
        boolean all = true;
        for (EventMask mask : masks) {
            all &= events.isOne(event(watch, mask, name));
        }
        return all;
    }

    @Test
    void whatTheSearchCausedIsItsOwn() {
        SearchEvents events = events(EventMask.ALL_EVENTS);
        for (UnixPath name : List.of(ITSELF, SUB)) {
            assertThat(isOne(events, 1, name, EventMask.OPEN, EventMask.ACCESS, EventMask.ACCESS, EventMask.CLOSE_NOWRITE)).isTrue();
        }
        assertThat(events.isAmbiguous()).isFalse();
    }

    @Test
    void whatIsMoreThanThatIsOfOthersAndThereMayBeStillMore() {
        for (EventMask mask : List.of(EventMask.OPEN, EventMask.CLOSE_NOWRITE)) {
            SearchEvents events = events(EventMask.ALL_EVENTS);
            assertThat(events.isOne(event(1, mask, SUB))).isTrue();
            assertThat(events.isOne(event(1, mask, SUB))).isFalse();
            assertThat(events.isAmbiguous()).isTrue();
        }
    }

    @Test
    void whereTheSearchNeverCameAllIsOfOthers() {
        SearchEvents events = events(EventMask.ALL_EVENTS);
        assertThat(events.isOne(event(2, EventMask.OPEN, ITSELF))).isFalse();
        assertThat(events.isOne(event(2, EventMask.OPEN, SUB))).isFalse();
        assertThat(events.isOne(event(1, EventMask.OPEN, UnixPath.of("other")))).isFalse();
        assertThat(events.isOne(event(1, EventMask.CREATE, SUB))).isFalse();
        assertThat(events.isAmbiguous()).isFalse();
    }

    @Test
    void aWatchThatSeesOpeningOnlyCannotTellTwoThatTheKernelMerged() {
        SearchEvents events = events(EventMask.OPEN);
        assertThat(events.isOne(event(1, EventMask.OPEN, SUB))).isTrue();
        assertThat(events.isAmbiguous()).isTrue();
    }
}
