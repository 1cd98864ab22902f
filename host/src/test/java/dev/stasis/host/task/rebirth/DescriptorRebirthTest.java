package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DescriptorRebirthTest {
    private static final int OWN_FILES = 5;

    @TempDir
    Path directory;

    static Stream<List<DescriptorEntry>> tables() {
        return Stream.of(
                List.of(),
                List.of(entry(0, 0, false), entry(1, 1, false), entry(2, 1, false)),
                List.of(entry(0, 0, true), entry(7, 1, false), entry(8, 0, true), entry(40, 2, true)),
                table(700, 1, 3), table(700, 5, 4), table(30, 3, 1000), table(254, 1, 254), List.of(entry(900, 3, false)));
    }

    private static List<DescriptorEntry> table(int size, int step, int flagRun) {
        List<DescriptorEntry> entries = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            entries.add(entry(i + i / 50 * step, i % OWN_FILES, i / flagRun % 2 == 0));
        }
        return entries;
    }

    private static DescriptorEntry entry(int number, int file, boolean closeOnExec) {
        return new DescriptorEntry(number, new OpenFileId(100 + file), closeOnExec);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aTableComesBackWithItsNumbersFlagsAndSharedFiles(List<DescriptorEntry> entries) throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            for (int i = 0; i < OWN_FILES; i++) {
                UnixPath path = UnixPath.of(directory.resolve("file" + i).toString());
                capture.files.put(new OpenFileId(100 + i), FileCalls.open(path, OpenFlags.RDWR.with(OpenFlags.CREAT), 0600));
            }
            Pid pid = capture.task.pid();
            try (Rebirth rebirth = Rebirth.begin(List.of(Records.withDescriptors(capture.task, entries)), new SilentLog())) {
                rebirth.bear(Map.of(), capture.files, capture);
                rebirth.furnish();
                rebirth.resume(true);
            }
            try {
                assertTable(pid, entries, capture);
            } finally {
                ProcessCalls.kill(pid, 9);
                ProcessCalls.awaitChild(pid);
            }
        }
    }

    private static void assertTable(Pid pid, List<DescriptorEntry> entries, SeedCapture capture) throws IOException {
        assertThat(Path.of("/proc/" + pid + "/fd").toFile().list()).hasSize(entries.size());
        for (DescriptorEntry entry : entries) {
            Fd ours = capture.files.get(entry.file());
            RemoteFd mine = new RemoteFd(ProcessCalls.self(), ours.number());
            assertThat(ProcessCalls.compareFiles(new RemoteFd(pid, entry.number()), mine)).as("descriptor %s", entry).isZero();
            String flags = Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/" + entry.number())).get(1);
            boolean closeOnExec = (Integer.parseInt(flags.substring(6).trim(), 8) & 02000000) != 0;
            assertThat(closeOnExec).as("close-on-exec of %s", entry).isEqualTo(entry.closeOnExec());
        }
    }

    @Test
    void theTableIsNotLargerThanItWas() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            try (Rebirth rebirth = Rebirth.begin(List.of(capture.task), new SilentLog())) {
                rebirth.bear(Map.of(), capture.files, capture);
                rebirth.furnish();
                assertThat(Files.readString(Path.of("/proc/" + rebirth.root() + "/status"))).contains("FDSize:\t64\n");
            }
        }
    }
}
