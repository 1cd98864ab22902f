package dev.stasis.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.proc.FileLock.Access;
import dev.stasis.linux.proc.FileLock.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileLockTest {
    /** As Linux 6.18 writes it. */
    private static final String LOCKS = """
            1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF
            1: -> POSIX  ADVISORY  READ  3570 fd:00:2531452 10 20
            1:  -> POSIX  ADVISORY  WRITE 3571 fd:00:2531452 10 20
            2: FLOCK  ADVISORY  WRITE 3517 00:1a:4026531956 0 EOF
            3: OFDLCK ADVISORY  READ  -1 08:01:12 5 5
            4: LEASE  BREAKING  READ 30729 fe:00:2154772 0 EOF
            4: -> LEASE  BREAKER   READ 30788 <none>:0 0 EOF
            5: DELEG  ACTIVE    READ 100 fe:00:7 0 EOF
            """;

    @Test
    void locksAndThoseWhoWait() {
        List<FileLock> locks = FileLock.parse(LOCKS.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(locks).hasSize(8);
        assertThat(locks.get(0)).isEqualTo(new FileLock(1, false, Kind.POSIX, "ADVISORY", Access.WRITE, 3568,
                new DeviceNumber(0xfd, 0), 2531452, 0, FileLock.TO_THE_END));
        assertThat(locks.get(2)).isEqualTo(new FileLock(1, true, Kind.POSIX, "ADVISORY", Access.WRITE, 3571,
                new DeviceNumber(0xfd, 0), 2531452, 10, 20));
        assertThat(locks).extracting(FileLock::kind).containsExactly(Kind.POSIX, Kind.POSIX, Kind.POSIX, Kind.FLOCK,
                Kind.OPEN_FILE, Kind.LEASE, Kind.LEASE, Kind.OTHER);
        assertThat(locks.get(3).device()).isEqualTo(new DeviceNumber(0, 0x1a));
        assertThat(locks.get(4).pid()).isEqualTo(-1);
        assertThat(locks.get(5).isBreaking()).isTrue();
        assertThat(locks.get(6).inode()).isZero();
    }

    @Test
    void thoseOfADescriptor() {
        String info = "pos:\t0\nflags:\t0100001\nmnt_id:\t27\nino:\t9\nlock:\t1: FLOCK  ADVISORY  WRITE 29381 fe:00:9 0 EOF\n"
                + "lock:\t2: POSIX  ADVISORY  READ  29381 fe:00:9 1 2\n";
        assertThat(FileLock.parseDescriptor(info.getBytes(StandardCharsets.ISO_8859_1))).extracting(FileLock::describe)
                .containsExactly("exclusive lock (flock)", "read lock (POSIX) on bytes 1-2");
    }

    @Test
    void whichExcludeEachOther() {
        FileLock write = range(Kind.POSIX, Access.WRITE, 10, 20);
        assertThat(write.excludes(range(Kind.OPEN_FILE, Access.READ, 20, FileLock.TO_THE_END))).isTrue();
        assertThat(write.excludes(range(Kind.POSIX, Access.READ, 21, FileLock.TO_THE_END))).isFalse();
        assertThat(write.excludes(range(Kind.FLOCK, Access.WRITE, 0, FileLock.TO_THE_END))).isFalse();
        assertThat(range(Kind.POSIX, Access.READ, 0, 9).excludes(range(Kind.POSIX, Access.READ, 0, 9))).isFalse();
        assertThat(write.excludes(new FileLock(1, false, Kind.POSIX, "ADVISORY", Access.WRITE, 1, new DeviceNumber(8, 1), 4, 0,
                FileLock.TO_THE_END))).as("another file").isFalse();
    }

    private static FileLock range(Kind kind, Access access, long start, long end) {
        return new FileLock(1, false, kind, "ADVISORY", access, 1, new DeviceNumber(8, 1), 3, start, end);
    }

    @Test
    void whatIsNoLockIsRefused() {
        assertThatThrownBy(() -> FileLock.parse("1: POSIX\n".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
