package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An image that is not as it was sealed is refused by the name of the file, and no process appears. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DamagedImageSpec {
    private static final String SEAL = "stasis-manifest.img";
    private static final int FORMAT_VERSION_OFFSET = 8;

    private Path image;
    private Puppet original;

    @BeforeEach
    void dumpAPuppet(Stasis stasis, Sandbox sandbox) {
        original = sandbox.puppet();
        original.open(sandbox.path("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        original.memory().write(original.map(1 << 16, 3, 0x22), new byte[1 << 16]);
        original.startThread();
        original.letGo();
        image = new Cycle(stasis, sandbox).dumpAndKill(original.program(), "image");
    }

    @Test
    void everyFileThatIsCutShortIsNamed(Stasis stasis) throws IOException {
        for (Path file : sealedFiles()) {
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            assertRefused(stasis).as("%s cut short", file).hasMessageContaining(file.toString());
            Files.write(file, whole);
        }
        assertRestorable(stasis);
    }

    @Test
    void everyFileWithAChangedByteIsNamed(Stasis stasis) throws IOException {
        for (Path file : sealedFiles()) {
            byte[] whole = Files.readAllBytes(file);
            for (int at : new int[] {0, whole.length / 2, whole.length - 1}) {
                byte[] changed = whole.clone();
                changed[at] ^= 1;
                Files.write(file, changed);
                assertRefused(stasis).as("byte %d of %s changed", at, file).hasMessageContaining(file.toString());
            }
            Files.write(file, whole);
        }
        assertRestorable(stasis);
    }

    @Test
    void everyMissingFileIsNamed(Stasis stasis) throws IOException {
        for (Path file : sealedFiles()) {
            if (!file.endsWith(SEAL)) {
                byte[] whole = Files.readAllBytes(file);
                Files.delete(file);
                assertRefused(stasis).as("%s missing", file).hasMessageContaining(file.toString()).hasMessageContaining("missing");
                Files.write(file, whole);
            }
        }
        assertRestorable(stasis);
    }

    @Test
    void anImageWithoutASealIsNone(Stasis stasis) throws IOException {
        Files.delete(image.resolve(SEAL));
        assertRefused(stasis).hasMessageContaining(image.toString()).hasMessageContaining(SEAL);
    }

    @Test
    void aForeignVersionIsRefusedWithItsNumber(Stasis stasis) throws IOException {
        byte[] seal = Files.readAllBytes(image.resolve(SEAL));
        seal[FORMAT_VERSION_OFFSET] = 77;
        Files.write(image.resolve(SEAL), seal);
        assertRefused(stasis).hasMessageContaining(SEAL).hasMessageContaining("version 77");
    }

    @Test
    void aDirectoryThatDoesNotExist(Stasis stasis, Sandbox sandbox) {
        image = sandbox.path("nowhere");
        assertRefused(stasis).hasMessageContaining(image.toString()).hasMessageContaining("no such directory");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Stasis stasis) {
        AbstractThrowableAssert<?, ? extends Throwable> refusal =
                assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE)).isInstanceOf(StasisException.class);
        assertThat(ProcessHandle.of(original.pid().number())).as("the process of the image").isEmpty();
        return refusal;
    }

    private void assertRestorable(Stasis stasis) {
        Puppet.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()).close();
    }

    private List<Path> sealedFiles() throws IOException {
        try (Stream<Path> files = Files.list(image)) {
            return files.filter(file -> file.toString().endsWith(".img")).sorted().toList();
        }
    }
}
