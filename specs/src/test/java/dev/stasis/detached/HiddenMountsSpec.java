package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that hold files of mounts which are mounted still, but hidden under another, or in another namespace. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class HiddenMountsSpec {
    private static final String OPENED = """
            os.open('mount/in/file', os.O_RDWR); os.lseek(3, 4, 0); os.open('mount/in', os.O_RDONLY); os.open('mount', os.O_PATH)
            os.chdir('mount/in')""";

    private static Detaching mounted(Stasis stasis, Sandbox sandbox, String... arguments) throws Exception {
        Files.createDirectories(sandbox.path("source/in"));
        Files.writeString(sandbox.path("source/in/file"), "contents of the file");
        Files.createDirectory(sandbox.path("mount"));
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.mount(arguments);
        return detaching;
    }

    /** What is below the mount is as it was; the mount is a copy, so paths begin at its root and ".." ends there. */
    private static void comesBackOnACopy(Detaching detaching, Program program) throws Exception {
        String before = detaching.report(program);
        assertThat(before).contains("/mount/in/file |").contains("cwd: " + detaching.sandbox().path("mount/in"));
        String after = detaching.report(detaching.throughDeath(program));
        assertThat(withoutUps(after)).isEqualTo(withoutUps(before).replace(detaching.sandbox().path("mount") + " |", "/ |")
                .replace(detaching.sandbox().path("mount").toString(), ""));
    }

    private static String withoutUps(String report) {
        return report.replaceAll("\\.\\. [0-9]+", "..");
    }

    @Test
    void aBindMountUnderAnotherMountIsFoundByWhatItShows(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = mounted(stasis, sandbox, "--bind", sandbox.path("source").toString(), "mount");
        Program program = detaching.start(OPENED, "");
        detaching.mount("-t", "tmpfs", "cover", "mount");
        comesBackOnACopy(detaching, program);
    }

    @Test
    void aFileSystemThatIsMountedOnlyUnderAnotherIsGotAt(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = mounted(stasis, sandbox, "-t", "tmpfs", "hidden", "mount");
        Files.createDirectory(sandbox.path("mount/in"));
        Files.writeString(sandbox.path("mount/in/file"), "contents of the file");
        Program program = detaching.start(OPENED, "");
        detaching.mount("-t", "tmpfs", "cover", "mount");
        detaching.mount("-t", "tmpfs", "cover", "mount");
        comesBackOnACopy(detaching, program);
    }

    @Test
    void aFileSystemUnderAnotherThatIsMountedFurtherUpIsGotAt(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.createDirectories(sandbox.path("above/mount"));
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.mount("-t", "tmpfs", "hidden", "above/mount");
        Files.writeString(sandbox.path("above/mount/file"), "contents of the file");
        Program program = detaching.start("os.open('above/mount/file', os.O_RDWR)", "");
        detaching.mount("-t", "tmpfs", "cover", "above");
        String before = detaching.report(program);
        assertThat(detaching.report(detaching.throughDeath(program)))
                .isEqualTo(before.replace(sandbox.path("above/mount").toString(), ""));
    }

    @Test
    void whatWasUnmountedBeforeTheRestoreIsNamed(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = mounted(stasis, sandbox, "-t", "tmpfs", "hidden", "mount");
        Program program = detaching.start("os.open('mount/file', os.O_RDWR | os.O_CREAT)", "");
        detaching.mount("-t", "tmpfs", "cover", "mount");
        Path image = detaching.kill(program, Map.of());
        detaching.detach("mount");
        detaching.detach("mount");
        assertThatThrownBy(() -> detaching.restore(image, Map.of())).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("its mount was at " + sandbox.path("mount") + " below another (tmpfs, hidden), and is not there");
    }

    /** A child in a mount namespace of its own mounts something; the program opens a file of it and the child lives on outside. */
    private static Program foreign(Detaching detaching) throws Exception {
        Sandbox sandbox = detaching.sandbox();
        Files.createDirectory(sandbox.path("inside"));
        Program other = sandbox.start("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mount -t tmpfs none inside && echo contents > inside/file && touch mounted && exec sleep 1000");
        Await.until("the other namespace has its mount", () -> Files.exists(sandbox.path("mounted")));
        return detaching.start("os.open('/proc/" + other.pid() + "/root' + sandbox + '/inside/file', os.O_RDONLY)", "");
    }

    @Test
    void aFileOfAnotherNamespaceIsRefusedAndItIsSaidHowToAnnounceIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Program program = foreign(detaching);
        assertThatThrownBy(() -> detaching.kill(program, Map.of())).hasMessageContaining("fd 3 of task " + program.pid())
                .hasMessageContaining("its mount belongs to another mount namespace: it is at " + sandbox.path("inside"))
                .hasMessageContaining("dump with --external '" + key(program) + "' and restore with --inherit-fd 'fd[N]:" + key(program));
        assertThat(program.isAlive()).isTrue();
    }

    @Test
    void aFileOfAnotherNamespaceThatIsAnnouncedIsReplaced(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Program program = foreign(detaching);
        String key = key(program);
        Path image = detaching.kill(program, Map.of("external", key));
        assertThatThrownBy(() -> detaching.restore(image, Map.of())).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("nothing takes its place (give --inherit-fd 'fd[N]:" + key);
        Files.writeString(sandbox.path("instead"), "another");
        try (Fd given = FileCalls.open(UnixPath.of(sandbox.path("instead").toString()),
                OpenFlags.RDONLY, 0)) {
            FileCalls.closeOnExec(given, false);
            Program back = detaching.restore(image, Map.of("inherit-fd", "fd[" + given.number() + "]:" + key));
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + back.pid() + "/fd/3"))).isEqualTo(sandbox.path("instead"));
        }
    }

    private static String key(Program program) throws Exception {
        String mount = Files.readAllLines(Path.of("/proc/" + program.pid() + "/fdinfo/3")).stream()
                .filter(line -> line.startsWith("mnt_id:")).findFirst().orElseThrow().substring(7).strip();
        Object inode = Files.getAttribute(Path.of("/proc/" + program.pid() + "/fd/3"), "unix:ino");
        return "file[" + Long.toHexString(Long.parseLong(mount)) + ":" + Long.toHexString((Long) inode) + "]";
    }
}
