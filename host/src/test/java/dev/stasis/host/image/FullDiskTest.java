package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems that are full or not to be written to: the file is named, and nothing is left on them. Needs root. */
class FullDiskTest {
    @TempDir
    Path mount;

    @BeforeEach
    void aTinyFileSystem() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=16k,nr_inodes=200", "tiny", mount.toString());
    }

    @AfterEach
    void unmounted() throws Exception {
        run("umount", mount.toString());
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void aFullDiskEndsTheImageNamingAFileAndKeepsNothing() throws Exception {
        assertThatThrownBy(() -> writeMuch(mount.resolve("image")))
                .isInstanceOfSatisfying(StasisException.class, refusal -> {
                    Problem problem = refusal.problems().get(0);
                    assertThat(problem.code()).isEqualTo(ImageError.NO_SPACE);
                    assertThat(problem.subject()).startsWith(mount + "/image/").endsWith(".img");
                    assertThat(problem.reason()).contains("ENOSPC");
                });
        try (Stream<Path> left = Files.list(mount)) {
            assertThat(left).isEmpty();
        }
    }

    private static void writeMuch(Path image) {
        try (ImageWriter writer = ImageWriter.create(image)) {
            writer.writeFiles(SampleState.files(), SampleState.TYPES);
            writer.writeTasks(SampleState.tasks());
            writer.seal(SampleImage.PLUGINS);
        }
    }

    @Test
    void aReadOnlyFileSystemIsRefusedAsSuch() throws Exception {
        run("mount", "-o", "remount,ro", mount.toString());
        for (Path directory : new Path[] {mount, mount.resolve("image")}) {
            assertThatThrownBy(() -> ImageWriter.create(directory))
                    .isInstanceOfSatisfying(StasisException.class,
                            refusal -> assertThat(refusal.problems().get(0).code()).isEqualTo(ImageError.READ_ONLY_FILE_SYSTEM))
                    .hasMessageContaining("EROFS")
                    .hasMessageContaining(directory.toString());
        }
    }
}
