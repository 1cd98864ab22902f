package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebirthTest {
    @TempDir
    Path directory;

    @Test
    void aTaskComesBackWithItsNumberItsNameItsMemoryAndItsPlace() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            Pid pid = capture.task.pid();
            try (Rebirth rebirth = Rebirth.begin(List.of(capture.task), new SilentLog())) {
                rebirth.bear(Map.of(), capture.files, capture);
                rebirth.furnish();
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
            try (Rebirth rebirth = Rebirth.begin(List.of(capture.task), new SilentLog())) {
                rebirth.bear(Map.of(), capture.files, capture);
                assertThat(Path.of("/proc/" + capture.task.pid())).exists();
            }
            assertThat(Path.of("/proc/" + capture.task.pid())).doesNotExist();
        }
    }

    @Test
    void aTaskThatRanWithOtherCodeOfTheKernelIsRefused() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            Mapping vdso = vdso(capture.task);
            capture.keep(vdso.start(), new byte[(int) vdso.length()]);
            assertRefused(capture, capture.task, "its vdso holds other code than this kernel's");
        }
    }

    @Test
    void aTaskThatRanWithAnotherSizeOfTheKernelsPagesIsRefused() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            List<Mapping> mappings = new ArrayList<>(capture.task.memory().mappings());
            Mapping vdso = vdso(capture.task);
            mappings.set(mappings.indexOf(vdso), Records.mapping(vdso.start().value(), vdso.start().value() + 4096, 5, Mapping.Kind.VDSO));
            assertRefused(capture, Records.withMappings(capture.task, mappings), "its VDSO has 4096 bytes, here it has");
        }
    }

    @Test
    void anOpenFileThatNobodyOpenedIsNamed() throws IOException {
        try (SeedCapture capture = SeedCapture.take(directory)) {
            capture.files.remove(SeedCapture.DIRECTORY).close();
            assertRefused(capture, capture.task, "the current directory of task " + capture.task.pid());
        }
    }

    private static void assertRefused(SeedCapture capture, TaskState task, String reason) {
        try (Rebirth rebirth = Rebirth.begin(List.of(task), new SilentLog())) {
            rebirth.bear(Map.of(), capture.files, capture);
            assertThatThrownBy(rebirth::furnish).isInstanceOf(StasisException.class)
                    .hasMessageContaining(reason);
        }
        assertThat(Path.of("/proc/" + task.pid())).doesNotExist();
    }

    private static Mapping vdso(TaskState task) {
        return task.memory().mappings().stream().filter(mapping -> mapping.kind() == Mapping.Kind.VDSO).findFirst().orElseThrow();
    }
}
