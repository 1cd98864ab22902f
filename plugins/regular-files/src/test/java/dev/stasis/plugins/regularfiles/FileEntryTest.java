package dev.stasis.plugins.regularfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.regularfiles.proto.reg_file_entry;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FileEntryTest {
    private static final List<Holder> HOLDERS = List.of(new Holder.Descriptor(new Pid(7), 3, false));

    private static OpenFile file(int mode, InodeId inode, long size, Timestamp modified, DeviceNumber represents) {
        FileStatus status =
                new FileStatus(mode, inode, 29, 1, 0, 0, size, 8, represents, modified, modified, modified, modified);
        return new OpenFile(new OpenFileId(5), HOLDERS, status, new OpenFlags(0102001), OptionalLong.of(17),
                new FileOwner(1, 7, 10, 1000, 1001), UnixPath.of("/var/log/app.log"));
    }

    private static FileRecord record(byte[] payload) {
        return new FileRecord(new OpenFileId(5), "regular-file", new OpenFlags(0102001), OptionalLong.of(17), FileOwner.NOBODY,
                UnixPath.of("/var/log/app.log"), HOLDERS, LocationRecord.of(UnixPath.of("/var/log/app.log")), payload);
    }

    @Property
    void whatIsWrittenIsReadAgain(
            @ForAll long inode, @ForAll @IntRange(max = 4095) int major, @ForAll @IntRange(max = 1048575) int minor,
            @ForAll long size, @ForAll long seconds, @ForAll @IntRange(max = 999999999) int nanoseconds,
            @ForAll boolean pseudo, @ForAll boolean keepsBirth) {
        int pseudoFileSystem = pseudo ? 0x9fa0 : 0;
        OpenFile file = file(0100644, new InodeId(new DeviceNumber(major, minor), inode), size,
                new Timestamp(seconds, nanoseconds), new DeviceNumber(0, 0));
        FileEntry entry = FileEntry.of(file, pseudoFileSystem, keepsBirth);
        assertThat(FileEntry.of(record(entry.encode(file)))).isEqualTo(entry);
        assertThat(entry.born() != null).isEqualTo(keepsBirth && !pseudo);
    }

    @Test
    void theEntryIsCriusWithItsNumbers() throws Exception {
        OpenFile file = file(0100644, new InodeId(new DeviceNumber(8, 1), 42), 1234, new Timestamp(1, 2), new DeviceNumber(0, 0));
        reg_file_entry entry = reg_file_entry.parseFrom(FileEntry.of(file, 0, true).encode(file));
        assertThat(entry.getId()).isEqualTo(5);
        assertThat(entry.getFlags()).isEqualTo(0102001);
        assertThat(entry.getPos()).isEqualTo(17);
        assertThat(entry.getName().toStringUtf8()).isEqualTo("/var/log/app.log");
        assertThat(entry.getFown().getPid()).isEqualTo(7);
        assertThat(entry.getMntId()).isEqualTo(29);
        assertThat(reg_file_entry.SIZE_FIELD_NUMBER).isEqualTo(8);
        assertThat(reg_file_entry.MODE_FIELD_NUMBER).isEqualTo(10);
    }

    @Test
    void anEntryWithoutIdentityOrWithGarbageIsRefusedByItsNumber() throws Exception {
        assertThatThrownBy(() -> FileEntry.of(record(new byte[] {1, 2, 3}))).hasMessageContaining("file entry id 0x5");
        OpenFile file = file(0100644, new InodeId(new DeviceNumber(8, 1), 42), 1234, new Timestamp(1, 2), new DeviceNumber(0, 0));
        byte[] criu = reg_file_entry.parseFrom(FileEntry.of(file, 0, true).encode(file)).toBuilder().clearIdentity().build().toByteArray();
        assertThatThrownBy(() -> FileEntry.of(record(criu))).hasMessageContaining("says nothing of the inode");
    }
}
