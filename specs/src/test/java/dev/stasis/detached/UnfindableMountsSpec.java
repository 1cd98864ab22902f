package dev.stasis.detached;

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

/** What cannot be found again is refused by name, and the program runs on; likewise what went missing before a restore. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class UnfindableMountsSpec {

    private static Detaching bound(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.createDirectories(sandbox.path("source/in"));
        Files.writeString(sandbox.path("source/in/file"), "contents of the file");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        return detaching;
    }

    private static void isRefused(Detaching detaching, Program program, String... texts) {
        var refusal = assertThatThrownBy(() -> detaching.kill(program, Map.of()));
        for (String text : texts) {
            refusal.hasMessageContaining(text);
        }
        assertThat(program.isAlive()).isTrue();
    }

    @Test
    void aFileSystemThatIsMountedNowhereElse(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Files.createDirectory(sandbox.path("mount"));
        detaching.mount("-t", "tmpfs", "none", "mount");
        Program program = detaching.start("os.open('mount/file', os.O_RDWR | os.O_CREAT)", "");
        detaching.detach("mount");
        isRefused(detaching, program, "fd 3 of task " + program.pid(), "/file", "mounted nowhere else",
                "--detached-contents=image");
    }

    @Test
    void aFileSystemOfWhichOnlyAnotherPartIsMounted(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Files.createDirectory(sandbox.path("whole"));
        detaching.mount("-t", "tmpfs", "none", "whole");
        Files.createDirectories(sandbox.path("whole/tree/in"));
        Files.createDirectories(sandbox.path("whole/other"));
        detaching.bind("whole/tree", "mount");
        detaching.bind("whole/other", "part");
        detaching.detach("whole");
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR | os.O_CREAT); os.open('mount/in', os.O_PATH)", "");
        detaching.detach("mount");
        isRefused(detaching, program, "fd 3 of task " + program.pid(), "fd 4 of task " + program.pid(),
                "no other mount shows its part of the file system");
    }

    @Test
    void aMountWhoseRootWasDeleted(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("os.open('mount', os.O_RDONLY)", "");
        detaching.detach("mount");
        Command.run("rm", "-r", sandbox.path("source").toString());
        isRefused(detaching, program, "fd 3 of task " + program.pid(), "its root was deleted");
    }

    /** One file, called memory/a/in/file and memory/b/in/file. */
    private static void linkTwice(Sandbox sandbox) throws Exception {
        sandbox.mountTmpfs("memory", "size=1m");
        Files.createDirectories(sandbox.path("memory/a/in"));
        Files.createDirectories(sandbox.path("memory/b/in"));
        Files.writeString(sandbox.path("memory/a/in/file"), "contents");
        Files.createLink(sandbox.path("memory/b/in/file"), sandbox.path("memory/a/in/file"));
    }

    @Test
    void hardLinksOfWhichNothingTellsTheRightOne(Stasis stasis, Sandbox sandbox) throws Exception {
        linkTwice(sandbox);
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("memory/a", "mount");
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR)", "");
        detaching.detach("mount");
        isRefused(detaching, program, "fd 3 of task " + program.pid(), "it has 2 names", "keep a directory of that mount open");
    }

    @Test
    void hardLinksAreToldApartByAnyOtherFileOfTheirMount(Stasis stasis, Sandbox sandbox) throws Exception {
        linkTwice(sandbox);
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("memory/b", "mount");
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR); os.open('mount/in', os.O_PATH)", "");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(detaching.report(detaching.throughDeath(program))).isEqualTo(before);
    }

    @Test
    void aRootThatIsGoneWhenItIsToBeRestored(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR); os.open('mount/in', os.O_RDONLY)", "");
        detaching.detach("mount");
        Path image = detaching.kill(program, Map.of());
        Files.move(sandbox.path("source"), sandbox.path("moved"));
        assertThatThrownBy(() -> detaching.restore(image, Map.of())).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("fd 4 of task").hasMessageContaining("the root of its detached mount was /")
                // Through whichever mount it was found: the sandbox may be below one of its own.
                .hasMessageContaining(sandbox.directory().getFileName() + "/source, which does not exist any more (ENOENT)");
        Files.move(sandbox.path("moved"), sandbox.path("source"));
        detaching.restore(image, Map.of());
    }

    @Test
    void filesBelowTheRootThatChangedOrWentMissing(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Files.writeString(sandbox.path("source/in/other"), "another");
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR); os.open('mount/in/other', os.O_RDONLY)", "");
        detaching.detach("mount");
        Path image = detaching.kill(program, Map.of());
        Files.delete(sandbox.path("source/in/file"));
        Files.writeString(sandbox.path("source/in/other"), "longer than it was");
        assertThatThrownBy(() -> detaching.restore(image, Map.of())).hasMessageContaining("there is no such file any more (ENOENT)")
                .hasMessageContaining("its size was 7 bytes and is 18");
    }
}
