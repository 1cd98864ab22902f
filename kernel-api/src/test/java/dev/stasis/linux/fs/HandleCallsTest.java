package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandleCallsTest {
    private static final UnixPath HERE = UnixPath.of(".");

    @TempDir
    private Path directory;

    private static Fd path(Path path) {
        return FileCalls.open(UnixPath.of(path.toString()), OpenFlags.PATH, 0);
    }

    @Test
    void aHandleLeadsToAFileThatWasRenamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        FileHandle handle;
        try (Fd fd = path(file)) {
            handle = HandleCalls.tryHandle(fd).orElseThrow();
        }
        Files.move(file, directory.resolve("renamed"));
        try (Fd mount = path(directory); HandleMount door = HandleMount.enter(mount);
                Fd found = door.tryFind(handle).orElseThrow(); Fd wanted = path(directory.resolve("renamed"))) {
            assertThat(FileCalls.status(found).inode()).isEqualTo(FileCalls.status(wanted).inode());
        }
    }

    @Test
    void aHandleOfAFileThatIsGoneLeadsNowhere() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        FileHandle handle;
        try (Fd fd = path(file)) {
            handle = HandleCalls.tryHandle(fd).orElseThrow();
        }
        Files.delete(file);
        try (Fd mount = path(directory); HandleMount door = HandleMount.enter(mount)) {
            assertThat(door.tryFind(handle)).isEmpty();
        }
    }

    @Test
    void theCurrentDirectoryIsAsItWasAfterwards() {
        try (Fd before = FileCalls.open(HERE, OpenFlags.PATH, 0); Fd mount = path(directory)) {
            HandleMount.enter(mount).close();
            try (Fd after = FileCalls.open(HERE, OpenFlags.PATH, 0)) {
                assertThat(FileCalls.status(after).inode()).isEqualTo(FileCalls.status(before).inode());
            }
        }
    }
}
