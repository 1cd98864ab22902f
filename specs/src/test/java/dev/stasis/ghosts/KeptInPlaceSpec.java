package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.image.ImageRemoval;
import dev.stasis.host.phase.Discard;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code --ghosts=relink} large deleted files stay where they are, under a name that goes with the image. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class KeptInPlaceSpec {
    private static final Map<String, String> RELINK = Map.of("ghosts", "relink");
    private static final String LARGE = """
            fd = os.open('gone', os.O_RDWR | os.O_CREAT, 0o640); os.write(fd, b'x' * (2 << 20)); os.ftruncate(fd, 1 << 30)
            os.unlink('gone'); small = os.open('small', os.O_RDWR | os.O_CREAT); os.write(small, b'y'); os.unlink('small')
            """;

    private static Path mounted(Sandbox sandbox, String type) throws Exception {
        Path mount = Files.createDirectory(sandbox.path("mount"));
        Path disk = sandbox.path("disk");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(400L << 20);
        }
        Command.run("mkfs." + type, "-q", disk.toString());
        Command.run("mount", "-o", "loop", disk.toString(), mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"btrfs", "xfs"})
    void aLargeFileIsNeitherCopiedNorLostAndNothingIsLeft(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = mounted(sandbox, type);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, LARGE, "assert os.pread(fd, 3, (2 << 20) - 2) == b'xx\\0'; os.pwrite(fd, b'z', 0)");
        List<Ghost> before = List.of(Ghost.of(program, "fd/3"), Ghost.of(program, "fd/4"));
        Path image = cycle.kill(program, RELINK);
        assertThat(names(mount)).singleElement().asString().startsWith(".stasis-kept-");
        assertThat(image.resolve("stasis-ghost-files-inodes.img").toFile().length()).isLessThan(16384);
        Program back = cycle.restore(image);
        assertThat(List.of(Ghost.of(back, "fd/3"), Ghost.of(back, "fd/4"))).isEqualTo(before);
        assertThat(names(mount)).isEmpty();
        cycle.then(back);
        back.close();
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("--ghosts=relink")
                .hasMessageContaining("which an earlier restore");
    }

    @Test
    void removingTheImageTakesTheKeptFileAwayToo(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = mounted(sandbox, "btrfs");
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Path image = cycle.kill(cycle.start(mount, LARGE, "pass"), RELINK);
        Files.writeString(image.resolve("notes"), "not of the image");
        try (ImageRemoval removal = ImageRemoval.of(image)) {
            Discard.run(stasis.registry(), removal, new RecordingLog());
            assertThat(removal.remove()).as("the directory is gone").isFalse();
        }
        assertThat(names(mount)).isEmpty();
        assertThat(names(image)).containsExactly("notes");
        assertThatThrownBy(() -> ImageRemoval.of(image)).hasMessageContaining("it holds no image");
    }

    @Test
    void whatCannotShareBlocksGoesIntoTheImage(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("mount", "size=64m");
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, LARGE, "pass");
        Ghost before = Ghost.of(program, "fd/3");
        Path image = cycle.kill(program, RELINK);
        assertThat(names(mount)).isEmpty();
        try (Program back = cycle.restore(image)) {
            assertThat(Ghost.of(back, "fd/3")).isEqualTo(before);
        }
    }

    @Test
    void aFileWhoseOtherNameIsNotFoundGetsOneThatIs(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                os.mkdir('elsewhere'); fd = os.open('one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents')
                os.link('one', 'elsewhere/two'); os.unlink('one')""", "os.write(fd, b' and more')");
        String link = Ghost.of(program, "fd/3").link();
        Program back = cycle.restore(cycle.kill(program, RELINK));
        assertThat(Ghost.of(back, "fd/3").link()).isEqualTo(link);
        cycle.then(back);
        assertThat(mount.resolve("elsewhere/two")).hasContent("contents and more");
        assertThat(names(mount)).containsExactly("elsewhere");
        back.close();
    }

    @Test
    void aDumpThatFailsTakesItsFilesAway(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = mounted(sandbox, "btrfs");
        Path small = sandbox.mountTmpfs("small", "size=64k");
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, LARGE, "os.write(fd, b'x')");
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(program.pid(), small.resolve("image"))
                .withPluginOptions(RELINK), Progress.NONE)).hasMessageContaining("ENOSPC");
        assertThat(names(mount)).isEmpty();
        assertThat(small).isEmptyDirectory();
        cycle.then(program);
    }
}
