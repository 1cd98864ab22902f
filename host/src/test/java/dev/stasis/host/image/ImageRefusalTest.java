package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.state.PagesOutput;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an image can be written and where not, and that what fails leaves nothing behind. */
class ImageRefusalTest {
    @TempDir
    Path temp;

    private static ImageError codeOf(Runnable attempt) {
        try {
            attempt.run();
        } catch (StasisException e) {
            return (ImageError) e.problems().get(0).code();
        }
        throw new AssertionError("nothing was refused");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aDirectoryThatHoldsSomethingIsRefusedNamingIt() throws IOException {
        Files.createFile(temp.resolve("precious.txt"));
        assertThatThrownBy(() -> ImageWriter.create(temp))
                .hasMessage(temp + "/: it is not empty: it holds precious.txt "
                        + "(choose an empty directory or one that does not exist yet)");
        assertThat(codeOf(() -> ImageWriter.create(temp))).isEqualTo(ImageError.DIRECTORY_NOT_EMPTY);
        assertThat(names(temp)).containsExactly("precious.txt");
    }

    @Test
    void aCompleteImageIsNotOverwritten() {
        SampleImage.write(temp);
        assertThat(codeOf(() -> ImageWriter.create(temp))).isEqualTo(ImageError.IMAGE_EXISTS);
        ImageReader.open(temp).close();
    }

    @Test
    void whatAKilledDumpLeftIsRefusedForWhatItIs() throws IOException {
        Files.createFile(temp.resolve("stasis-manifest.tmp"));
        Files.createFile(temp.resolve("inventory.img"));
        assertThatThrownBy(() -> ImageWriter.create(temp)).hasMessageContaining("unfinished image").hasMessageContaining("remove it");
        assertThatThrownBy(() -> ImageReader.open(temp)).hasMessageContaining("not sealed");
        assertThat(codeOf(() -> ImageReader.open(temp))).isEqualTo(ImageError.IMAGE_UNFINISHED);
    }

    @Test
    void theLogOfTheDumpMayStandInTheDirectory() throws IOException {
        Files.createFile(temp.resolve("dump.log"));
        ImageWriter.create(temp).close();
        assertThat(names(temp)).containsExactly("dump.log");
    }

    @Test
    void aFileIsNotADirectory() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        assertThat(codeOf(() -> ImageWriter.create(file))).isEqualTo(ImageError.NOT_A_DIRECTORY);
        assertThat(codeOf(() -> ImageWriter.create(file.resolve("below")))).isEqualTo(ImageError.NOT_A_DIRECTORY);
        assertThat(codeOf(() -> ImageReader.open(file))).isEqualTo(ImageError.NOT_A_DIRECTORY);
    }

    @Test
    void aFileSystemWithoutWritingIsNamed() {
        assertThat(codeOf(() -> ImageWriter.create(Path.of("/proc/stasis-image")))).isIn(
                ImageError.WRITE_FAILED, ImageError.PERMISSION_DENIED, ImageError.READ_ONLY_FILE_SYSTEM);
        assertThatThrownBy(() -> ImageWriter.create(Path.of("/proc/stasis-image"))).hasMessageContaining("/proc/stasis-image");
    }

    @Test
    void missingDirectoriesAreMadePrivateAndRemovedAgainWithoutASeal() throws IOException {
        Path deep = temp.resolve("a/b/c");
        try (ImageWriter writer = ImageWriter.create(deep)) {
            SampleImage.fill(writer);
            assertThat(Files.getPosixFilePermissions(deep)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(Files.getPosixFilePermissions(deep.resolve("core-4242.img")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(names(temp)).isEmpty();
    }

    @Test
    void anEmptyDirectoryStaysWhenAnImageInItIsGivenUp() throws IOException {
        ImageWriter writer = ImageWriter.create(temp);
        SampleImage.fill(writer);
        writer.close();
        writer.close();
        assertThat(names(temp)).isEmpty();
    }

    @Test
    void aSealedImageStaysWhenItsWriterIsClosed() throws IOException {
        SampleImage.write(temp);
        assertThat(names(temp)).contains("stasis-manifest.img").doesNotContain("stasis-manifest.tmp");
    }

    @Test
    void pluginsCannotNameAFileOutsideTheImage() throws IOException {
        try (ImageWriter writer = ImageWriter.create(temp.resolve("image"))) {
            for (String name : List.of("../x", "a/b", "", ".", "..", ".hidden", "stasis-manifest.img", "x\u0000")) {
                assertThatThrownBy(() -> writer.create(name)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void anImageCanBeMadeDurable() {
        try (ImageWriter writer = ImageWriter.create(temp.resolve("image"))) {
            SampleImage.fill(writer);
            writer.seal(SampleImage.PLUGINS);
            writer.sync();
        }
        ImageReader.open(temp.resolve("image")).close();
    }

    @Test
    void aFileThatAPluginStillWritesAfterTheFilesStageIsSealedAsItIsInTheEnd() throws IOException {
        Path image = temp.resolve("image");
        try (ImageWriter writer = ImageWriter.create(image); Fd late = writer.create("stasis-late.img")) {
            SampleImage.fill(writer);
            FileCalls.write(late, new byte[] {7});
            writer.seal(SampleImage.PLUGINS);
        }
        try (ImageReader reader = ImageReader.open(image); Fd late = reader.open("stasis-late.img").orElseThrow()) {
            assertThat(FileCalls.read(late, 9)).containsExactly(7);
        }
    }

    @Test
    void pagesThatWereNotFinishedAreNoImage() {
        try (ImageWriter writer = ImageWriter.create(temp.resolve("image"))) {
            PagesOutput pages = writer.pages(SampleState.ROOT);
            assertThat(pages.path()).endsWith("/image/pages-1.img");
            assertThatThrownBy(() -> writer.seal(List.of())).isInstanceOf(IllegalStateException.class);
        }
        assertThat(temp.resolve("image")).doesNotExist();
    }
}
