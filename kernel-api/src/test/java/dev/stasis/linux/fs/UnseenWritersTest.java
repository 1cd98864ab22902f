package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnseenWritersTest {
    @TempDir
    private Path directory;

    private final UnseenWriters writers = UnseenWriters.tryOpen().orElseThrow();

    @AfterEach
    void close() {
        writers.close();
    }

    private boolean mayHave(Path path) {
        try (Fd file = FileCalls.open(UnixPath.of(path.toString()), OpenFlags.RDONLY, 0)) {
            return writers.mayHave(file);
        }
    }

    @Test
    void aFileThatIsOnlyOpenHasNone() throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[5000]);
        try (RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw")) {
            open.write(1);
            assertThat(mayHave(path)).isFalse();
        }
    }

    @Test
    void aSharedMappingIsOneAlsoWhenNothingIsOpenAnyMore() throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[5000]);
        Object mapped;
        try (RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw")) {
            mapped = open.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 5000);
        }
        assertThat(mayHave(path)).isTrue();
        assertThat(mapped).isNotNull(); // the mapping lasts as long as that
    }

    @Test
    void aPrivateMappingIsNone() throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[5000]);
        try (RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw")) {
            Object mapped = open.getChannel().map(FileChannel.MapMode.PRIVATE, 0, 5000);
            assertThat(mayHave(path)).isFalse();
            assertThat(mapped).isNotNull();
        }
    }
}
