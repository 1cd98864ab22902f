package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The format does not drift: the sample state is written as it was when format version 1 was settled, and the image of then
 * is still read. A change that this test notices needs a new format version, or must keep to optional fields that old images
 * lack; then a second golden image is added and this one stays.
 */
class GoldenImageTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/image-1");

    @TempDir
    Path temp;

    @Test
    void theImageOfThenIsReadAsItWasMeant() {
        try (ImageReader reader = ImageReader.open(GOLDEN)) {
            assertThat(reader.tasks()).usingRecursiveComparison().isEqualTo(SampleState.tasks());
            assertThat(reader.files()).usingRecursiveComparison().isEqualTo(SampleState.files());
            assertThat(reader.plugins()).isEqualTo(SampleImage.PLUGINS);
            reader.verifyPages();
        }
    }

    @Test
    void theSameStateIsWrittenToTheSameBytes() throws IOException {
        SampleImage.write(temp);
        assertThat(names(temp)).isEqualTo(names(GOLDEN));
        for (String name : names(GOLDEN)) {
            // The seal tells when and where an image was made.
            if (!name.equals(ImageNames.MANIFEST)) {
                assertThat(temp.resolve(name)).hasSameBinaryContentAs(GOLDEN.resolve(name));
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
