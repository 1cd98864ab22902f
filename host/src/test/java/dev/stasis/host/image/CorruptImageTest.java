package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that is not as it was sealed is refused, naming the file. */
class CorruptImageTest {
    @TempDir
    Path image;

    @BeforeEach
    void anImage() {
        SampleImage.write(image);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> entries = Files.list(image)) {
            return entries.filter(entry -> entry.toString().endsWith(".img")).sorted().toList();
        }
    }

    private void openAll() {
        try (ImageReader reader = ImageReader.open(image)) {
            reader.verifyPages();
            reader.open(SampleImage.GHOST).orElseThrow().close();
        }
    }

    private void isRefusedNaming(Path file) {
        assertThatThrownBy(this::openAll)
                .isInstanceOf(StasisException.class)
                .hasMessageContaining(file.getFileName().toString());
    }

    @Test
    void aFlippedByteAnywhereIsRefused() throws IOException {
        for (Path file : files()) {
            byte[] whole = Files.readAllBytes(file);
            int step = Math.max(1, whole.length / 60);
            for (int at = 0; at < whole.length; at += step) {
                byte[] altered = whole.clone();
                altered[at] ^= (byte) (1 << at % 8);
                Files.write(file, altered);
                isRefusedNaming(file);
            }
            Files.write(file, whole);
        }
        openAll();
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        for (Path file : files()) {
            byte[] whole = Files.readAllBytes(file);
            for (int length : new int[] {0, 1, 7, whole.length / 2, whole.length - 1}) {
                Files.write(file, Arrays.copyOf(whole, Math.min(length, whole.length - 1)));
                isRefusedNaming(file);
            }
            Files.write(file, Arrays.copyOf(whole, whole.length + 1));
            isRefusedNaming(file);
            Files.write(file, whole);
        }
        openAll();
    }

    @Test
    void aMissingFileIsRefused() throws IOException {
        for (Path file : files()) {
            if (!file.endsWith(ImageNames.MANIFEST)) {
                byte[] whole = Files.readAllBytes(file);
                Files.delete(file);
                isRefusedNaming(file);
                assertThatThrownBy(this::openAll).hasMessageContaining("it is missing");
                Files.write(file, whole);
            }
        }
        openAll();
    }

    @Test
    void aFileReplacedByALinkIsRefused() throws IOException {
        Path core = image.resolve("core-4242.img");
        Path elsewhere = Files.move(core, image.resolve("elsewhere"));
        Files.createSymbolicLink(core, elsewhere);
        isRefusedNaming(core);
    }

    @Test
    void aFileReplacedByAPipeIsRefusedInsteadOfWaitedFor() throws Exception {
        Path core = image.resolve("core-4242.img");
        Files.delete(core);
        assertThat(new ProcessBuilder("mkfifo", core.toString()).start().waitFor()).isZero();
        isRefusedNaming(core);
    }

    @Test
    void anImageWithoutASealIsTakenForOneOfCriu() throws IOException {
        Files.delete(image.resolve(ImageNames.MANIFEST));
        assertThatThrownBy(() -> ImageReader.open(image)).hasMessageContaining("made by CRIU, or its seal was removed");
    }

    @Test
    void aDirectoryWithoutAnImageIsRefused(@TempDir Path empty) {
        assertThatThrownBy(() -> ImageReader.open(empty)).hasMessageContaining("it holds no image");
        assertThatThrownBy(() -> ImageReader.open(empty.resolve("missing"))).hasMessageContaining("there is no such directory");
    }

    @Test
    void anotherFormatVersionIsRefusedNamingBoth() throws IOException {
        Path manifest = image.resolve(ImageNames.MANIFEST);
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[8] = 9;
        Files.write(manifest, bytes);
        assertThatThrownBy(() -> ImageReader.open(image))
                .hasMessageContaining("stasis-manifest.img")
                .hasMessageContaining("format version 9, this Stasis reads version 1");
    }

    @Test
    void filesThatTheSealDoesNotListAreNotLookedAt() throws IOException {
        Files.write(image.resolve("core-1.img"), new byte[] {1, 2, 3});
        openAll();
        assertThat(unlisted()).isEmpty();
    }

    private List<String> unlisted() {
        List<String> found = new ArrayList<>();
        try (ImageReader reader = ImageReader.open(image)) {
            reader.open("core-1.img").ifPresent(file -> found.add("core-1.img"));
        }
        return found;
    }
}
