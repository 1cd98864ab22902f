package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

    @Test
    void manyAreFoundAtOnceAndWhatIsNotTakenIsClosed() throws Exception {
        List<FileHandle> handles = new ArrayList<>();
        List<BriefStatus> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Path file = Files.createFile(directory.resolve("file" + i));
            try (Fd fd = path(file)) {
                handles.add(HandleCalls.tryHandle(fd).orElseThrow());
                expected.add(FileCalls.briefStatus(fd));
            }
        }
        Files.delete(directory.resolve("file1"));
        try (Fd mount = path(directory); HandleMount door = HandleMount.enter(mount); HandleSearch search = new HandleSearch()) {
            for (int round = 0; round < 2; round++) {
                int before = openDescriptors();
                handles.forEach(search::add);
                search.run();
                for (int i = 0; search.next(); i++) {
                    assertThat(search.isFound()).isEqualTo(i != 1);
                    if (i == 2) {
                        assertThat(search.status()).isEqualTo(expected.get(i));
                        try (Fd found = search.take()) {
                            assertThat(FileCalls.briefStatus(found)).isEqualTo(expected.get(i));
                        }
                    }
                }
                search.clear();
                assertThat(openDescriptors()).isEqualTo(before);
            }
        }
    }

    @Test
    void aSearchIsFullAtSomeTimeAndFindsAllOfThatMany() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        FileHandle handle;
        try (Fd fd = path(file)) {
            handle = HandleCalls.tryHandle(fd).orElseThrow();
        }
        int before = openDescriptors();
        try (Fd mount = path(directory); HandleMount door = HandleMount.enter(mount); HandleSearch search = new HandleSearch()) {
            int count = 0;
            for (; !search.isFull(); count++) {
                search.add(handle);
            }
            search.run();
            for (int i = 0; i < count; i++) {
                assertThat(search.next()).isTrue();
                assertThat(search.isFound()).isTrue();
                assertThat(search.status().type()).isEqualTo(FileType.REGULAR);
            }
            assertThat(search.next()).isFalse();
        }
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static int openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
