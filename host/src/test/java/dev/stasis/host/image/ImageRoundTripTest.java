package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.state.PageRun;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dump writes into an image is what a restore reads out of it. */
class ImageRoundTripTest {
    @TempDir
    Path temp;

    private Path image;

    @BeforeEach
    void anImage() {
        image = temp.resolve("image");
        SampleImage.write(image);
    }

    @Test
    void tasksComeBackAsTheyWere() {
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.tasks()).usingRecursiveComparison().isEqualTo(SampleState.tasks());
        }
    }

    @Test
    void filesComeBackAsTheyWereWithAllThatRefersToThem() {
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.files()).usingRecursiveComparison().isEqualTo(SampleState.files());
        }
    }

    @Test
    void thePluginsThatAnImageNeedsAreNamedInIt() {
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.plugins()).isEqualTo(SampleImage.PLUGINS);
        }
    }

    @Test
    void memoryContentsStandWhereTheRunsSay() {
        try (ImageReader reader = ImageReader.open(image)) {
            reader.verifyPages();
            assertThat(reader.of(SampleState.ROOT).runs())
                    .containsExactly(run(0x401000, 2, 0), run(0x1c2d000, 1, 2 * PageRun.PAGE));
            FileCalls.position(reader.of(SampleState.ROOT).descriptor(), 2 * PageRun.PAGE);
            assertThat(FileCalls.read(reader.of(SampleState.ROOT).descriptor(), 9000)).hasSize(PageRun.PAGE).containsOnly(3);
        }
    }

    @Test
    void sharedMemoryComesBackWithItsSize() {
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.shared(SampleState.SHARED).runs())
                    .containsExactly(run(0, 1, 0), run(0x2000, 1, PageRun.PAGE));
            assertThat(reader.sharedObjects()).singleElement()
                    .satisfies(object -> assertThat(object.id()).isEqualTo(SampleState.SHARED))
                    .satisfies(object -> assertThat(object.size()).isEqualTo(0x3000));
        }
    }

    @Test
    void aTaskWithoutPagesHasNone() {
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.of(new Pid(99)).runs()).isEmpty();
            assertThat(reader.shared(99).runs()).isEmpty();
        }
    }

    @Test
    void aPluginReadsItsOwnFileBack() {
        try (ImageReader reader = ImageReader.open(image); Fd ghost = reader.open(SampleImage.GHOST).orElseThrow()) {
            assertThat(FileCalls.read(ghost, 100)).containsExactly(1, 2, 3);
            assertThat(reader.open("ghost-file-2.img")).isEmpty();
        }
    }

    @Test
    void warmingUpWritesNothing() {
        ImageWriter.warmUp();
        assertThat(temp).isDirectoryNotContaining(entry -> !entry.equals(image));
    }

    private static PageRun run(long start, long pages, long offset) {
        return new PageRun(new RemoteAddress(start), pages, offset);
    }
}
