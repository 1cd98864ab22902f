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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that hold a file under a name which it lost, while it has another one. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class OtherNamesSpec {

    @Test
    void aFileWithAnotherNameIsThatFileAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = GhostFilesSpec.folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, """
                os.mkdir('elsewhere'); fd = os.open('one', os.O_RDWR | os.O_CREAT); os.link('one', 'elsewhere/two')
                os.unlink('one')""", "os.write(fd, b'written')");
        String link = Ghost.of(program, "fd/3").link();
        Program back = cycle.throughDeath(program);
        assertThat(Ghost.of(back, "fd/3").link()).isEqualTo(link);
        cycle.then(back);
        assertThat(folder.resolve("elsewhere/two")).hasContent("written");
        assertThat(GhostFilesSpec.names(folder)).containsExactly("elsewhere");
    }

    @Test
    void aFileThatOthersChangedUnderItsOtherNameIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = GhostFilesSpec.folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, """
                fd = os.open('one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents'); os.link('one', 'two')
                os.unlink('one')""", "pass");
        Path image = cycle.kill(program, Map.of());
        Files.writeString(folder.resolve("two"), "longer contents");
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("its size was 8 bytes and is 15");
        Files.writeString(folder.resolve("two"), "contents");
        cycle.restore(image);
    }

    @Test
    void aFileThatGotTheInodeNumberOfOneThatIsGoneIsNotTakenForIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.disk("ext4", sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                fd = os.open('one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents'); os.link('one', 'two')
                os.unlink('one')""", "pass");
        Path two = mount.resolve("two");
        Object inode = Files.getAttribute(two, "unix:ino");
        Path image = cycle.kill(program, Map.of());
        Files.delete(two);
        Files.writeString(two, "contents");
        assertThat(Files.getAttribute(two, "unix:ino")).isEqualTo(inode);
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("it had another name when it was dumped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two", "below/it/two", "../beside/two", "../../two"})
    void anotherNameNearTheLostOneIsFoundWhereThereAreNoHandles(String other, Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                os.makedirs('top/beside'); os.makedirs('top/in/below/it'); os.chdir('top/in')
                fd = os.open('one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents'); os.link('one', '%s'); os.unlink('one')"""
                .formatted(other), "os.write(fd, b' and more')");
        Ghost before = Ghost.of(program, "fd/3");
        Program back = cycle.throughDeath(program);
        assertThat(Ghost.of(back, "fd/3")).isEqualTo(before);
        cycle.then(back);
        assertThat(mount.resolve("top/in").resolve(other).normalize()).hasContent("contents and more");
        back.close();
    }

    /** ext4 gives the number of a file that is gone to the next one at once, and overlayfs shows it. */
    @ParameterizedTest
    @ValueSource(strings = {"two", "three"})
    void whereThereAreNoHandlesNothingElseThatGotTheInodeNumberIsTakenForIt(String name, Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(GhostsOnFileSystemsSpec.disk("ext4", sandbox), sandbox.path("over"), sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                fd = os.open('one', os.O_RDWR | os.O_CREAT); os.link('one', 'two'); os.unlink('one')""", "pass");
        Object inode = Files.getAttribute(mount.resolve("two"), "unix:ino");
        Path image = cycle.kill(program, Map.of());
        Files.delete(mount.resolve("two"));
        Path stranger = mount.resolve(name);
        for (String[] command : new String[][] {{"touch"}, {"mkdir"}, {"mkfifo"}, {"ln", "-s", "somewhere"}}) {
            String[] making = Arrays.copyOf(command, command.length + 1);
            making[command.length] = stranger.toString();
            Command.run(making);
            assertThat(Files.getAttribute(stranger, "unix:ino", LinkOption.NOFOLLOW_LINKS)).as(command[0]).isEqualTo(inode);
            assertThatThrownBy(() -> cycle.restore(image)).as(command[0]).hasMessageContaining("it had another name when it was dumped, "
                    + mount + "/two, which " + (name.equals("two") ? "leads to another file now" : "is not there now"));
            Files.delete(stranger);
        }
        assertThat(GhostFilesSpec.names(mount)).isEmpty();
    }

    @Test
    void whereThereAreNoHandlesAFileThatIsWrittenToAndRenamedBesideTheLostNameIsTheSame(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                fd = os.open('one', os.O_WRONLY | os.O_CREAT); os.write(fd, b'contents'); os.link('one', 'two'); os.unlink('one')""",
                "os.write(fd, b' and more')");
        Path image = cycle.kill(program, Map.of());
        Files.writeString(mount.resolve("two"), "CONTENTS");
        Files.move(mount.resolve("two"), mount.resolve("three"));
        cycle.then(cycle.restore(image));
        assertThat(mount.resolve("three")).hasContent("CONTENTS and more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x/y\nz/tw\to", "two"})
    void theOtherNameLeadsToItAlsoWhenTheLostDirectoryIsThereAgain(String other, Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                os.makedirs('top/gone'); os.makedirs('top/x/y\\nz'); os.chdir('top'); other = '''%s'''
                fd = os.open('gone/one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents'); os.link('gone/one', other)
                os.unlink('gone/one'); os.rmdir('gone')""".formatted(other), "os.write(fd, b' and more')");
        Ghost before = Ghost.of(program, "fd/3");
        Path image = cycle.kill(program, Map.of());
        Files.createDirectory(mount.resolve("top/gone"));
        Program back = cycle.restore(image);
        assertThat(Ghost.of(back, "fd/3")).isEqualTo(before);
        cycle.then(back);
        assertThat(mount.resolve("top").resolve(other)).hasContent("contents and more");
        back.close();
    }

    /** Looking further would be seen by a program that watches. */
    @Test
    void aFileWhoseOtherNameIsNotFoundIsKeptByItself(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = GhostsOnFileSystemsSpec.overlay(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                import ctypes
                os.mkdir('elsewhere'); fd = os.open('one', os.O_RDWR | os.O_CREAT); os.write(fd, b'contents')
                os.link('one', 'elsewhere/two'); os.unlink('one'); ctypes.CDLL(None).inotify_init1(0)""",
                "assert os.pread(fd, 9, 0) == b'contents'; os.write(fd, b'more')");
        String link = Ghost.of(program, "fd/3").link();
        Program back = cycle.throughDeath(program);
        assertThat(Ghost.of(back, "fd/3").link()).isEqualTo(link);
        cycle.then(back);
        assertThat(mount.resolve("elsewhere/two")).hasContent("contents");
        back.close();
    }
}
