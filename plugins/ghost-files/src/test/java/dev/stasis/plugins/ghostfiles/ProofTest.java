package dev.stasis.plugins.ghostfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import org.junit.jupiter.api.Test;

class ProofTest {
    private static final int REGULAR = 0100644;
    private static final Timestamp BORN = new Timestamp(5, 6);
    private static final FileStatus DUMPED = status(REGULAR, 17, 0, 8, 100, BORN);
    private static final FileStatus WITHOUT_BIRTH = status(REGULAR, 17, 0, 8, 100, null);

    private static FileStatus status(int mode, long inode, int uid, long size, int changed, Timestamp born) {
        return new FileStatus(mode, new InodeId(new DeviceNumber(0, 40), inode), 1, 1, uid, 0, size, 8, new DeviceNumber(0, 0),
                new Timestamp(50, 0), new Timestamp(60, 0), new Timestamp(changed, 1), born);
    }

    private static boolean holds(FileStatus dumped, FileStatus now) {
        ghost_inode_entry entry = Proof.add(dumped, InodeEntry.of(dumped)).build();
        return Proof.holds(entry, now);
    }

    @Test
    void birthProvesItWhateverWasWritten() {
        assertThat(holds(DUMPED, DUMPED)).isTrue();
        assertThat(holds(DUMPED, status(0100600, 17, 0, 99, 200, BORN))).isTrue();
        assertThat(holds(DUMPED, status(REGULAR, 17, 0, 8, 100, new Timestamp(5, 7)))).isFalse();
        assertThat(holds(DUMPED, WITHOUT_BIRTH)).isFalse();
    }

    @Test
    void numberTypeAndOwnerAreTheSame() {
        assertThat(holds(DUMPED, status(REGULAR, 18, 0, 8, 100, BORN))).isFalse();
        assertThat(holds(DUMPED, status(0010644, 17, 0, 8, 100, BORN))).isFalse();
        assertThat(holds(DUMPED, status(REGULAR, 17, 1, 8, 100, BORN))).isFalse();
    }

    @Test
    void whereBirthIsNotKeptNothingHasChanged() {
        assertThat(holds(WITHOUT_BIRTH, WITHOUT_BIRTH)).isTrue();
        assertThat(holds(WITHOUT_BIRTH, status(REGULAR, 17, 0, 8, 101, null))).isFalse();
        assertThat(holds(WITHOUT_BIRTH, status(REGULAR, 17, 0, 9, 100, null))).isFalse();
    }

    @Test
    void aNumberAloneProvesNothing() {
        assertThat(Proof.holds(InodeEntry.of(DUMPED).build(), DUMPED)).isFalse();
    }
}
