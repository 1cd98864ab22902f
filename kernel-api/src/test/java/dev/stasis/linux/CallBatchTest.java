package dev.stasis.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallBatchTest {
    private static final int AT_FDCWD = -100;

    @TempDir
    private Path directory;

    private UnixPath path(String name) {
        return UnixPath.of(directory.resolve(name).toString());
    }

    private static void mkdir(CallBatch batch, UnixPath path) {
        batch.add("mkdirat", SyscallNumber.MKDIRAT, AT_FDCWD, batch.lend(path), 0700);
    }

    @Test
    void allCallsAreMadeInOrderUpToTheLastThatFits() {
        CallBatch batch = new CallBatch(300, 1 << 18);
        UnixPath deepest = path("d");
        for (int i = 0; i < 300; i++) {
            mkdir(batch, deepest);
            deepest = deepest.resolve("d");
            assertThat(batch.hasRoomFor(1, 0, 0)).isEqualTo(i < 299);
        }
        batch.run();
        assertThat(batch.result(299)).isZero();
        assertThat(Files.isDirectory(Path.of(deepest.toString()).getParent())).isTrue();
        assertThatThrownBy(() -> batch.pass(0, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCallTakesWhatAnEarlierOneReturned() {
        CallBatch batch = new CallBatch(10, 100);
        try (PipeCalls.Ends pipe = PipeCalls.create(OpenFlags.NONBLOCK)) {
            int file = batch.add("memfd_create", SyscallNumber.MEMFD_CREATE, batch.lend(UnixPath.of("x")), 0);
            batch.pass(file, 0);
            batch.add("ftruncate", SyscallNumber.FTRUNCATE, 0, 5);
            long text = batch.lend("what it says".getBytes(StandardCharsets.UTF_8));
            batch.add("write", SyscallNumber.WRITE, pipe.write().number(), text, 12);
            batch.pass(file, 0);
            batch.add("close", SyscallNumber.CLOSE, 0, 0);
            batch.run();
            assertThat(FileCalls.read(pipe.read(), 100)).asString(StandardCharsets.UTF_8).isEqualTo("what it says");
            assertThat(FileCalls.tryCloseOnExec((int) batch.result(file))).as("it was closed").isEmpty();
        }
    }

    @Test
    void aFailureEndsItAndIsToldByName() {
        CallBatch batch = new CallBatch(3, 1000);
        mkdir(batch, path("first"));
        mkdir(batch, path("missing/second"));
        mkdir(batch, path("third"));
        assertThatThrownBy(batch::run).isInstanceOf(KernelException.class).hasMessageContaining("mkdirat").hasMessageContaining("ENOENT");
        assertThat(batch.failed()).isEqualTo(1);
        assertThat(directory.resolve("first")).exists();
        assertThat(directory.resolve("third")).doesNotExist();
    }

    @Test
    void exceptWhereItMayAndThenWhatBelongsToItIsSkipped() {
        CallBatch batch = new CallBatch(4, 1000);
        int fails = batch.add("openat", SyscallNumber.OPENAT, AT_FDCWD, batch.lend(path("missing")), 0);
        batch.mayFail(fails, 2);
        batch.pass(fails, 0);
        batch.add("close", SyscallNumber.CLOSE, 0, 0);
        assertThat(batch.tryRun()).as("also at its end").isTrue();
        mkdir(batch, path("next"));
        batch.run();
        assertThat(batch.result(fails)).isEqualTo(-Errno.ENOENT.number());
        assertThat(directory.resolve("next")).isDirectory();
    }

    @Test
    void itCanBeMadeAgainAndUsedForOthers() {
        CallBatch batch = new CallBatch(2, 100);
        try (Fd file = FileCalls.memfd("x")) {
            batch.add("write", SyscallNumber.WRITE, file.number(), batch.lend(new byte[] {7}), 1);
            batch.add("write", SyscallNumber.WRITE, file.number(), batch.lend(new byte[] {8, 9}), 2);
            batch.run();
            batch.run();
            batch.clear();
            assertThat(batch.size()).isZero();
            batch.run();
            batch.add("lseek", SyscallNumber.LSEEK, file.number(), 0, 0);
            batch.run();
            assertThat(FileCalls.read(file, 100)).containsExactly(7, 8, 9, 7, 8, 9);
        }
    }
}
