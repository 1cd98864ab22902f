package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a deleted file's directory was, something stands that is none: that is told before anything is harmed. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ObstructedGhostsSpec {
    private static final String HELD = """
            os.makedirs('dd/ee'); fd = os.open('dd/ee/file', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents')
            directory = os.open('dd/ee', os.O_RDONLY); os.unlink('dd/ee/file'); os.removedirs('dd/ee')
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dd    | open('dd', 'w').close()                | a regular file",
        "dd/ee | os.mkdir('dd'); os.mkfifo('dd/ee')     | a FIFO",
        "dd    | os.symlink('nowhere', 'dd')            | a symbolic link that leads to no directory"})
    void theDumpIsRefusedByNameAndTheProgramRunsOn(
            String place, String obstacle, String term, Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = Files.createDirectory(sandbox.path("folder"));
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, HELD + "open('.keep', 'w').close(); " + obstacle, "assert os.pread(fd, 8, 0) == b'contents'");
        assertThatThrownBy(() -> cycle.kill(program, Map.of())).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("the directory " + folder.resolve("dd/ee") + ", but " + folder.resolve(place) + " is " + term
                        + " now (ENOTDIR)")
                .hasMessageContaining("rename or remove " + folder.resolve(place));
        assertThat(sandbox.path("image")).doesNotExist();
        cycle.then(program);
    }

    @Test
    void theDumpIsRefusedTooWhenTheMountIsUnmountedLazily(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("mount", "size=1m");
        Path other = Files.createDirectory(sandbox.path("other"));
        Command.run("mount", "--bind", mount.toString(), other.toString());
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(other, HELD + "open('.keep', 'w').close(); open('dd', 'w').close(); os.chdir('/')", "pass");
        Command.run("umount", "-l", other.toString());
        assertThatThrownBy(() -> cycle.kill(program, Map.of())).hasMessageContaining("is a regular file now (ENOTDIR)");
        cycle.then(program);
    }

    @Test
    void whatGotInTheWayAfterTheDumpIsNamedByTheRestore(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = Files.createDirectory(sandbox.path("folder"));
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, HELD.replace("os.removedirs('dd/ee')", "os.rmdir('dd/ee')") + "os.chdir('/')", "pass");
        Path image = cycle.kill(program, Map.of());
        Path parent = folder.resolve("dd");
        Files.delete(parent);
        Files.createFile(parent);
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("but " + parent + " is a regular file now (ENOTDIR)")
                .hasMessageContaining("rename or remove " + parent);
        Files.delete(parent);
        Files.createDirectory(parent);
        cycle.then(cycle.restore(image));
        assertThat(parent).isEmptyDirectory();
    }
}
