package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A dry run tells what a dump would keep, how much room deleted files take and all that stands in the way, and does nothing. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DryRunSpec {
    private static final String TWO_GHOSTS = """
            one = os.open('one', os.O_RDWR | os.O_CREAT); os.write(one, b'x' * 300000); again = os.dup(one)
            two = os.open('two', os.O_RDWR | os.O_CREAT); os.pwrite(two, b'x' * 4096, 1 << 32); os.open('two', os.O_RDONLY)
            os.unlink('one'); os.unlink('two')
            """;

    private static Program holder(Stasis stasis, Sandbox sandbox, String more) throws Exception {
        return new GhostCycle(stasis, sandbox).start(Files.createDirectory(sandbox.path("folder")), TWO_GHOSTS + more, "os.write(one, b'x')");
    }

    @Test
    void theTotalOfGhostsIsToldAndNothingHappens(Stasis stasis, Sandbox sandbox) throws Exception {
        Program program = holder(stasis, sandbox, "");
        Ghost before = Ghost.of(program, "fd/3");
        Path image = sandbox.path("image");
        DumpPreview preview = stasis.preview(DumpRequest.of(program.pid(), image));
        assertThat(preview.problems()).isEmpty();
        assertThat(preview.contents().inodes()).isEqualTo(2);
        assertThat(preview.contents().bytes()).isBetween(304_096L, 320_000L);
        assertThat(preview.kinds()).containsKeys("regular-file", "path");
        assertThat(image).doesNotExist();
        assertThat(Ghost.of(program, "fd/3")).isEqualTo(before);
        new GhostCycle(stasis, sandbox).then(program);
    }

    @Test
    void everyRefusalOfADumpIsToldToo(Stasis stasis, Sandbox sandbox) throws Exception {
        Program program = holder(stasis, sandbox, "import socket; raw = lambda: socket.socket(2, 3, 1); net = raw(); other = os.memfd_create('x'); t = raw()");
        Path small = sandbox.mountTmpfs("small", "size=200k");
        DumpRequest request = DumpRequest.of(program.pid(), small.resolve("image"));
        DumpPreview preview = stasis.preview(request);
        assertThat(preview.problems()).hasSize(3).anySatisfy(problem -> assertThat(problem.toString())
                .contains("the contents of 2 deleted files take").contains("(ENOSPC)"));
        assertThatThrownBy(() -> stasis.dump(request, Progress.NONE)).hasMessageContaining("(ENOSPC)")
                .hasMessageContaining("raw IP socket");
        assertThat(small).isEmptyDirectory();
        assertThat(program.isAlive()).isTrue();
    }
}
