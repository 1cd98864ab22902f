package dev.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class LeftoversSpec {

    @Test
    void tellsOfNothingWhenNothingHappened() {
        assertThat(Leftovers.now().since(Leftovers.now())).isEmpty();
    }

    @Test
    void tellsOfADescriptorThatIsStillOpen() {
        Leftovers before = Leftovers.now();
        try (Fd memory = FileCalls.memfd("forgotten")) {
            assertThat(Leftovers.now().since(before)).singleElement().asString().startsWith("descriptor " + memory.number())
                    .contains("forgotten");
        }
    }

    @Test
    void tellsOfAMount(Sandbox sandbox) {
        Leftovers before = Leftovers.now();
        Path point = sandbox.mountTmpfs("disk", "size=64k");
        assertThat(Leftovers.now().since(before)).containsExactly("mount at " + point);
    }

    @Test
    void tellsOfATemporaryFileOfThisProcess() throws Exception {
        Leftovers before = Leftovers.now();
        Path file = Files.createTempFile("stasis-" + ProcessHandle.current().pid() + "-", "");
        try {
            assertThat(Leftovers.now().since(before)).containsExactly("file " + file);
        } finally {
            Files.delete(file);
        }
    }
}
