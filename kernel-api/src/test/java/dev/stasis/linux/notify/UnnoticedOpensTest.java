package dev.stasis.linux.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnnoticedOpensTest {
    @TempDir
    private Path directory;

    private final UnnoticedOpens opens = UnnoticedOpens.tryBegin().orElseThrow();
    private final Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK);

    @AfterEach
    void close() {
        opens.close();
        instance.close();
    }

    private static Fd path(Path path) {
        return FileCalls.open(UnixPath.of(path.toString()), OpenFlags.PATH, 0);
    }

    @Test
    void neitherAFileNorItsDirectoryTellsThatItIsOpenedAndRead() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "contents");
        InotifyCalls.watch(instance, UnixPath.of(directory.toString()), EventMask.ALL_EVENTS);
        InotifyCalls.watch(instance, UnixPath.of(file.toString()), EventMask.ALL_EVENTS);
        try (Fd found = path(file); Fd opened = opens.tryOpen(found).orElseThrow()) {
            FileStatus before = FileCalls.status(opened);
            assertThat(new String(FileCalls.read(opened, 100), StandardCharsets.US_ASCII)).isEqualTo("contents");
            assertThat(FileCalls.status(opened)).isEqualTo(before);
        }
        assertThat(InotifyCalls.pending(instance)).isZero();
    }

    @Test
    void aFileWithoutANameIsReadToo() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "contents");
        InotifyCalls.watch(instance, UnixPath.of(directory.toString()), EventMask.OPEN.with(EventMask.ACCESS));
        try (Fd found = path(file)) {
            Files.delete(file);
            try (Fd opened = opens.tryOpen(found).orElseThrow()) {
                assertThat(FileCalls.read(opened, 100)).hasSize(8);
            }
        }
        assertThat(InotifyCalls.pending(instance)).isZero();
    }

    @Test
    void aDirectoryIsListed() throws Exception {
        Path inner = Files.createDirectories(directory.resolve("inner/most")).getParent();
        InotifyCalls.watch(instance, UnixPath.of(directory.toString()), EventMask.ALL_EVENTS);
        InotifyCalls.watch(instance, UnixPath.of(inner.toString()), EventMask.ALL_EVENTS);
        try (Fd found = path(inner); Fd opened = opens.tryOpen(found).orElseThrow()) {
            assertThat(DirectoryCalls.list(opened)).containsExactly(UnixPath.of("most"));
        }
        assertThat(InotifyCalls.pending(instance)).isZero();
    }

    @Test
    void aFifoIsLeftAlone() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        InotifyCalls.watch(instance, UnixPath.of(fifo.toString()), EventMask.ALL_EVENTS);
        try (Fd found = path(fifo)) {
            assertThat(opens.tryOpen(found)).isEmpty();
        }
        assertThat(InotifyCalls.pending(instance)).isZero();
    }

    @Test
    void whatIsOpenedOtherwiseIsToldOfAsEver() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "contents");
        InotifyCalls.watch(instance, UnixPath.of(file.toString()), EventMask.OPEN);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        Thread other = new Thread(() -> {
            while (!ended.get()) {
                FileCalls.open(UnixPath.of(file.toString()), OpenFlags.RDONLY, 0).close();
                InotifyCalls.pending(instance);
                reads.incrementAndGet();
            }
        });
        other.start();
        try (Fd found = path(file)) {
            for (int i = 0; i < 200 || reads.get() < 200; i++) {
                opens.tryOpen(found).orElseThrow().close();
            }
        } finally {
            ended.set(true);
            other.join();
        }
        assertThat(InotifyCalls.pending(instance)).isPositive();
    }

    @Test
    void procfsDoesNotAllowIt() {
        try (Fd found = path(Path.of("/proc/sys"))) {
            assertThat(opens.tryOpen(found)).isEmpty();
        }
    }
}
