package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.MADVISE;
import static dev.stasis.linux.SyscallNumber.MEMFD_CREATE;
import static dev.stasis.linux.SyscallNumber.FTRUNCATE;
import static dev.stasis.linux.SyscallNumber.MLOCK;
import static dev.stasis.linux.SyscallNumber.MPROTECT;
import static dev.stasis.linux.SyscallNumber.MREMAP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mappings of every kind come back in place, with their contents; every cycle compares /proc's maps and flags too. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class MemoryStateSpec {
    private static final int PAGE = 4096;
    private static final int NONE = 0;
    private static final int READ = 1;
    private static final int READ_WRITE = 3;
    private static final int SHARED = 1;
    private static final int PRIVATE = 2;
    private static final int SHARED_ANONYMOUS = 0x21;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int GROWS_DOWN = 0x100;
    private static final int NO_RESERVE = 0x4000;

    @ParameterizedTest
    @ValueSource(ints = {500, 700, 1020, 1030, 1700})
    void memoryInManySmallPieces(int pieces, Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress area = puppet.map(2L * pieces * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
        for (int i = 0; i < pieces; i++) {
            puppet.memory().write(area.plus(2L * i * PAGE), Bytes.longs(i + 1));
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        for (int i = 0; i < pieces; i++) {
            assertThat(back.memory().readLong(area.plus(2L * i * PAGE))).isEqualTo(i + 1);
        }
    }

    @Test
    void privatePagesOfEveryProtection(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int[] protections = {READ_WRITE, READ, NONE, 5, 7};
        RemoteAddress[] areas = new RemoteAddress[protections.length];
        for (int i = 0; i < areas.length; i++) {
            areas[i] = puppet.map(3 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
            puppet.memory().write(areas[i].plus(PAGE), pattern(i, PAGE));
            puppet.call(MPROTECT, areas[i].value(), 3 * PAGE, protections[i]);
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        for (int i = 0; i < areas.length; i++) {
            assertThat(back.memory().read(areas[i].plus(PAGE), PAGE)).isEqualTo(pattern(i, PAGE));
            assertThat(back.memory().read(areas[i], PAGE)).containsOnly(0);
        }
    }

    @Test
    void aLargeSparseMapping(Stasis stasis, Sandbox sandbox) throws IOException {
        Puppet puppet = sandbox.puppet();
        long size = 1L << 32;
        RemoteAddress area = puppet.map(size, READ_WRITE, PRIVATE_ANONYMOUS | NO_RESERVE);
        for (long at = 0; at < size; at += size / 8) {
            puppet.memory().write(area.plus(at), pattern((int) (at >> 20), PAGE));
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        for (long at = 0; at < size; at += size / 8) {
            assertThat(back.memory().read(area.plus(at), PAGE)).isEqualTo(pattern((int) (at >> 20), PAGE));
        }
        try (var files = Files.list(sandbox.path("image"))) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(1 << 20);
        }
    }

    @Test
    void sharedAnonymousMemoryMappedTwiceIsOne(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress one = puppet.map(2 * PAGE, READ_WRITE, SHARED_ANONYMOUS);
        RemoteAddress other = new RemoteAddress(puppet.call(MREMAP, one.value(), 0, 2 * PAGE, 1));
        puppet.memory().write(one.plus(PAGE), pattern(1, PAGE));
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(back.memory().read(other.plus(PAGE), PAGE)).isEqualTo(pattern(1, PAGE));
        back.memory().writeLong(other, 4711);
        assertThat(back.memory().readLong(one)).isEqualTo(4711);
    }

    @Test
    void mappedFilesSharedAndPrivateWithWhatWasWrittenIntoThem(Stasis stasis, Sandbox sandbox) throws IOException {
        Files.write(sandbox.path("file"), pattern(5, 8 * PAGE));
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(sandbox.path("file"), OpenFlags.RDWR, 0);
        RemoteAddress shared = puppet.map(fd, 0, 4 * PAGE, READ_WRITE, SHARED);
        RemoteAddress ours = puppet.map(fd, 4 * PAGE, 4 * PAGE, READ_WRITE, PRIVATE);
        puppet.close(fd);
        puppet.memory().writeLong(shared, 1111);
        puppet.memory().writeLong(ours.plus(PAGE), 2222);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(back.memory().readLong(shared)).isEqualTo(1111);
        assertThat(back.memory().readLong(ours.plus(PAGE))).isEqualTo(2222);
        assertThat(back.memory().read(ours, PAGE)).isEqualTo(Arrays.copyOfRange(pattern(5, 8 * PAGE), 4 * PAGE, 5 * PAGE));
        back.memory().writeLong(shared.plus(8), 3333);
        assertThat(Bytes.toLongs(Arrays.copyOf(Files.readAllBytes(sandbox.path("file")), 16))).containsExactly(1111, 3333);
    }

    @Test
    void aMappingThatReachesBeyondTheEndOfItsFile(Stasis stasis, Sandbox sandbox) throws IOException {
        Files.write(sandbox.path("file"), pattern(6, PAGE + 100));
        Puppet puppet = sandbox.puppet();
        RemoteAddress area = puppet.map(puppet.open(sandbox.path("file"), OpenFlags.RDWR, 0), 0, 4 * PAGE, READ_WRITE, SHARED);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.memory().read(area, PAGE + 100)).isEqualTo(pattern(6, PAGE + 100));
    }

    @Test
    void aMemoryFileThatIsMapped(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = new RemoteFd(puppet.pid(),
                (int) puppet.call(MEMFD_CREATE, puppet.calls().lend(Bytes.text("in memory")).value(), 0));
        puppet.call(FTRUNCATE, fd.number(), 16 * PAGE);
        RemoteAddress area = puppet.map(fd, 0, 16 * PAGE, READ_WRITE, SHARED);
        puppet.memory().write(area.plus(7 * PAGE), pattern(7, PAGE));
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(back.memory().read(area.plus(7 * PAGE), PAGE)).isEqualTo(pattern(7, PAGE));
        back.memory().writeLong(area, 99);
        assertThat(Bytes.toLongs(back.read(fd, 8))).containsExactly(99);
    }

    @Test
    void aStackThatGrowsDown(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress area = puppet.map(4 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS | GROWS_DOWN);
        puppet.memory().write(area, pattern(8, PAGE));
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.memory().read(area, PAGE)).isEqualTo(pattern(8, PAGE));
    }

    @Test
    void adviceAndLocks(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int[] advice = {1, 2, 10, 12, 14, 15, 16, 18}; // random, sequential, no fork, mergeable, huge, no huge, no dump, wipe
        for (int kind : advice) {
            RemoteAddress area = puppet.map(2 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
            puppet.memory().writeLong(area, kind);
            puppet.calls().tryCall(MADVISE, area.value(), 2 * PAGE, kind);
        }
        puppet.call(MLOCK, puppet.map(2 * PAGE, READ, PRIVATE_ANONYMOUS).value(), 2 * PAGE);
        new Cycle(stasis, sandbox).throughDeath(puppet);
    }

    private static byte[] pattern(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
