package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without the privilege to mount, the framework's files are in a directory that never stays for long. */
class PrivateDirectoryTest {
    private static final long NO_PROCESS = Integer.MAX_VALUE;

    @TempDir
    private Path base;

    @Test
    void onlyItsOwnerMayEnter() throws IOException {
        try (PrivateDirectory directory = PrivateDirectory.create(base)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path()))).isEqualTo("rwx------");
        }
    }

    @Test
    void closingRemovesItWithAllThatIsInIt() throws IOException {
        PrivateDirectory directory = PrivateDirectory.create(base);
        Files.writeString(Files.createDirectories(directory.path().resolve("bundle1")).resolve("info"), "x");
        directory.close();
        directory.close();
        assertThat(base).isEmptyDirectory();
    }

    @Test
    void oneThatAKilledProcessLeftIsRemovedByTheNext() throws IOException {
        Path stale = Files.createDirectory(base.resolve("stasis-plugins-" + NO_PROCESS + "-1"));
        Files.writeString(stale.resolve("info"), "x");
        try (PrivateDirectory mine = PrivateDirectory.create(base)) {
            assertThat(stale).doesNotExist();
        }
    }

    @Test
    void thoseOfLivingProcessesStay() throws IOException {
        try (PrivateDirectory one = PrivateDirectory.create(base); PrivateDirectory two = PrivateDirectory.create(base)) {
            assertThat(one.path()).isDirectory().isNotEqualTo(two.path());
        }
    }
}
