package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebirthTest {
    static final Log SILENT = new Log() {
        @Override
        public void warn(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void debug(String message) {}

        @Override
        public boolean isDebug() {
            return false;
        }
    };

    @TempDir
    Path directory;

    @Test
    void aTaskComesBackWithItsNumberItsNameItsMemoryAndItsPlace() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            Pid pid = capture.task.pid();
            try (Rebirth rebirth = Rebirth.begin(List.of(capture.task), SILENT)) {
                rebirth.bear();
                rebirth.furnish(capture.files, capture);
                rebirth.resume(false);
                assertThat(rebirth.root()).isEqualTo(pid);
            }
            try {
                assertThat(Files.readString(Path.of("/proc/" + pid + "/comm"))).isEqualTo("captured\n");
                assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"))).isEqualTo(directory.resolve("seed"));
                assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))).isEqualTo(directory);
                assertThat(Path.of("/proc/" + pid + "/fd").toFile().list()).isEmpty();
                assertThat(Files.readString(Path.of("/proc/" + pid + "/status"))).contains("Umask:\t0027", "SigBlk:\t0000000000000200",
                        "TracerPid:\t0");
            } finally {
                ProcessCalls.kill(pid, 9);
                ProcessCalls.awaitChild(pid);
            }
        }
    }

    @Test
    void aRestoreGivenUpLeavesNoProcess() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            try (Rebirth rebirth = Rebirth.begin(List.of(capture.task), SILENT)) {
                rebirth.bear();
                assertThat(Path.of("/proc/" + capture.task.pid())).exists();
            }
            assertThat(Path.of("/proc/" + capture.task.pid())).doesNotExist();
        }
    }
}
