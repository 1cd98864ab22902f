package dev.stasis.plugins.filelocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.proc.FileLock.Access;
import dev.stasis.linux.proc.FileLock.Kind;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LockFileProperties {

    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll("locks") List<HeldLock> locks) throws IOException {
        Path file = Files.createTempFile("locks", ".img");
        try {
            LockFile.write(locks, name -> FileCalls.open(UnixPath.of(file.toString()), OpenFlags.RDWR, 0));
            assertThat(read(file)).isEqualTo(locks.stream().map(SavedLock::of).toList());
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 200)
    void whatIsCutOffOrChangedIsReadOrRefusedByName(@ForAll("locks") List<HeldLock> locks, @ForAll int where, @ForAll byte value)
            throws IOException {
        Path file = Files.createTempFile("locks", ".img");
        try {
            LockFile.write(locks, name -> FileCalls.open(UnixPath.of(file.toString()), OpenFlags.RDWR, 0));
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0) {
                bytes[Math.floorMod(where, bytes.length)] = value;
                Files.write(file, Arrays.copyOf(bytes, Math.floorMod(where * 31, bytes.length + 1)));
            }
            read(file);
        } catch (StasisException e) {
            assertThat(e).hasMessageContaining("filelocks.img");
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 1)
    void aTreeWithoutLocksHasNoFile() {
        LockFile.write(List.of(), name -> {
            throw new AssertionError("it wants a file " + name);
        });
        assertThat(LockFile.read(name -> Optional.empty())).isEmpty();
        assertThatThrownBy(() -> read(Path.of("/dev/null"))).isInstanceOf(StasisException.class)
                .hasMessageContaining("filelocks.img: it does not start as such a file does");
    }

    private static List<SavedLock> read(Path file) {
        return LockFile.read(name -> {
            Fd opened = FileCalls.open(UnixPath.of(file.toString()), OpenFlags.RDONLY, 0);
            return Optional.of(opened);
        });
    }

    @Provide
    Arbitrary<List<HeldLock>> locks() {
        return lock().list().ofMinSize(1).ofMaxSize(20);
    }

    private static Arbitrary<HeldLock> lock() {
        Arbitrary<Kind> kind = Arbitraries.of(Kind.POSIX, Kind.OPEN_FILE, Kind.FLOCK, Kind.LEASE);
        Arbitrary<Long> bound = Arbitraries.longs().between(0, Long.MAX_VALUE - 1);
        return Combinators.combine(kind, Arbitraries.of(Access.READ, Access.WRITE), Arbitraries.integers().between(1, 1 << 22),
                Arbitraries.integers().between(0, 1 << 20), bound, bound, Arbitraries.of(true, false)).as(LockFileProperties::lock);
    }

    private static HeldLock lock(Kind kind, Access access, int pid, int fd, long one, long other, boolean toTheEnd) {
        FileLock lock = new FileLock(1, false, kind, "ADVISORY", access, pid, new DeviceNumber(8, 1), 3, Math.min(one, other),
                toTheEnd ? FileLock.TO_THE_END : Math.max(one, other));
        Holder.Descriptor setter = new Holder.Descriptor(new Pid(pid), fd, false);
        Timestamp never = new Timestamp(0, 0);
        FileStatus status = new FileStatus(0100600, new InodeId(new DeviceNumber(8, 1), 3), 1, 1, 0, 0, 0, 0,
                new DeviceNumber(0, 0), never, never, never);
        return new HeldLock(lock, new OpenFile(new OpenFileId(1), List.of(setter), status, OpenFlags.RDWR, OptionalLong.of(0),
                FileOwner.NOBODY, UnixPath.of("/file")), setter);
    }
}
