package dev.stasis.plugins.ghostfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.UnixPath;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names are those that fs/nfs/unlink.c of Linux makes: ".nfs%016llx%08x". */
class SillyNameTest {
    private static final long INODE = 0x2a0017L;

    private static boolean isSilly(String path, long inode) {
        return SillyName.isOf(UnixPath.of(path), inode);
    }

    @Property
    void theNameOfAnyInodeIsKnown(@ForAll long inode, @ForAll int count) {
        String name = String.format(Locale.ROOT, ".nfs%016x%08x", inode, count);
        assertThat(isSilly("/home/share/" + name, inode)).isTrue();
        assertThat(isSilly(name, inode)).isTrue();
        assertThat(isSilly("/home/share/" + name, inode ^ 1L << 40)).isFalse();
    }

    @Test
    void aClientWithShortNumbersShowsBothHalvesAsOne() {
        assertThat(isSilly("/m/.nfs800000010000000200000001", 0x80000003L)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/m/.nfs", "/m/log", "/m/.nfs00000000002a001700000001 (deleted)", "/m/.nfs00000000002A001700000001",
        "/m/.nfs00000000002a00170000001", "/m/x.nfs00000000002a001700000001", "/m/.nfs00000000002a0017000000001",
        "/m/.nfs00000000002a00170000000g", "/m/.NFS00000000002a001700000001", "/m/.nfs00000000002a001700000001/log"})
    void otherNamesAreOrdinaryOnes(String path) {
        assertThat(isSilly(path, INODE)).isFalse();
        assertThat(isSilly("/m/.nfs00000000002a001700000001", INODE)).isTrue();
    }
}
