package dev.stasis.plugins.regularfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChangeCheckTest {
    private static final int REGULAR = 0100644;
    private static final int DIRECTORY = 0040755;
    private static final InodeId INODE = new InodeId(new DeviceNumber(8, 1), 42);
    private static final InodeId RENUMBERED = new InodeId(new DeviceNumber(8, 17), 42);
    private static final Timestamp THEN = new Timestamp(1000, 5);
    private static final Timestamp LATER = new Timestamp(1000, 6);
    private static final Timestamp BORN = new Timestamp(900, 7);
    private static final Holder FD = new Holder.Descriptor(new Pid(7), 3, false);
    private static final Holder MAPPING = new Holder.Mapping(new Pid(7), new RemoteAddress(4096), new RemoteAddress(8192));

    private record Given(boolean takeChanged) implements Options {
        @Override
        public boolean isSet(String name) {
            return takeChanged && name.equals(ChangeCheck.TAKE_CHANGED);
        }

        @Override
        public Optional<String> value(String name) {
            return Optional.empty();
        }
    }

    private static Optional<String> reason(OpenFlags flags, Holder holder, int mode, FileStatus now, boolean takeChanged) {
        FileRecord record = new FileRecord(new OpenFileId(1), "regular-file", flags, OptionalLong.of(0), FileOwner.NOBODY,
                UnixPath.of("/data"), List.of(holder), LocationRecord.of(UnixPath.of("/data")), new byte[0]);
        FileEntry entry = new FileEntry(mode, 100, INODE, THEN, BORN, new DeviceNumber(0, 0), 0);
        return ChangeCheck.check(record, entry, now, new Given(takeChanged)).map(Problem::reason);
    }

    private static Optional<String> reason(OpenFlags flags, Holder holder, FileStatus now) {
        return reason(flags, holder, REGULAR, now, false);
    }

    private static FileStatus status(int mode, InodeId inode, long size, Timestamp modified) {
        return status(mode, inode, size, modified, BORN);
    }

    private static FileStatus status(int mode, InodeId inode, long size, Timestamp modified, Timestamp born) {
        return new FileStatus(mode, inode, 1, 1, 0, 0, size, 0, new DeviceNumber(0, 0), modified, modified, modified, born);
    }

    @Test
    void anotherFileThatGotTheInodeNumberIsNotTheFile() {
        String reason = "the path leads to another file: inode 42 was deleted, and made anew since";
        assertThat(reason(OpenFlags.RDWR, FD, status(REGULAR, INODE, 100, THEN, LATER))).hasValue(reason);
        assertThat(reason(OpenFlags.RDONLY, FD, DIRECTORY, status(DIRECTORY, INODE, 100, THEN, LATER), false)).hasValue(reason);
        assertThat(reason(OpenFlags.RDWR, FD, REGULAR, status(REGULAR, INODE, 100, THEN, LATER), true)).isEmpty();
        assertThat(reason(OpenFlags.RDWR, FD, status(REGULAR, INODE, 100, THEN, null))).isEmpty();
    }

    @Test
    void theSameInodeIsTheSameFileEvenIfItsContentsChangedInPlace() {
        assertThat(reason(OpenFlags.RDWR, FD, status(REGULAR, INODE, 100, LATER))).isEmpty();
    }

    @Test
    void anotherDeviceNumberWillDoWhenAllElseIsAsBefore() {
        assertThat(reason(OpenFlags.RDWR, FD, status(REGULAR, RENUMBERED, 100, THEN))).isEmpty();
        assertThat(reason(OpenFlags.RDWR, FD, status(REGULAR, RENUMBERED, 100, LATER)))
                .hasValue("the path leads to another file: it was inode 8:1:42 and is 8:17:42");
        assertThat(reason(OpenFlags.RDONLY, FD, DIRECTORY, status(DIRECTORY, RENUMBERED, 7, LATER), false)).isEmpty();
    }

    @Test
    void aLogMayGrowWhoeverElseMayNotAndNobodysFileMayShrink() {
        FileStatus grown = status(REGULAR, INODE, 101, LATER);
        assertThat(reason(OpenFlags.WRONLY, FD, grown)).isEmpty();
        assertThat(reason(OpenFlags.RDWR.with(OpenFlags.APPEND), FD, grown)).isEmpty();
        assertThat(reason(OpenFlags.RDWR, FD, grown)).hasValue("its size was 100 bytes and is 101");
        assertThat(reason(OpenFlags.WRONLY, FD, status(REGULAR, INODE, 99, LATER))).hasValue("its size was 100 bytes and is 99");
    }

    @Test
    void whatIsHeldByNameAloneMayChangeItsContents() {
        assertThat(reason(OpenFlags.PATH, FD, status(REGULAR, INODE, 5, LATER))).isEmpty();
    }

    @Test
    void whatIsMappedReadOnlyMustNotChangeButASharedWritableMappingMay() {
        FileStatus rewritten = status(REGULAR, INODE, 100, LATER);
        assertThat(reason(OpenFlags.RDONLY, MAPPING, rewritten)).hasValue("it is run or mapped, and its contents were changed since");
        assertThat(reason(OpenFlags.RDWR, MAPPING, rewritten)).isEmpty();
    }

    @Test
    void onRequestAllButTheTypeMayChange() {
        assertThat(reason(OpenFlags.RDWR, FD, REGULAR, status(REGULAR, RENUMBERED, 5, LATER), true)).isEmpty();
        assertThat(reason(OpenFlags.RDWR, FD, REGULAR, status(DIRECTORY, INODE, 100, THEN), true))
                .hasValue("it was a regular file and is a directory");
    }
}
