package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is reached of a file system in memory that is mounted nowhere any more comes back out of the image, when that is asked for. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class KeptContentsSpec {
    private static final Map<String, String> IMAGE = Map.of("detached-contents", "image");

    private static Detaching alone(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Files.createDirectory(sandbox.path("mount"));
        detaching.mount("-t", "tmpfs", "-o", "size=2m,mode=711,noexec", "none", "mount");
        return detaching;
    }

    private static String comesBack(Detaching detaching, Program program) throws Exception {
        detaching.detach("mount");
        String before = detaching.report(program);
        Path image = detaching.kill(program, IMAGE);
        for (int i = 0; i < 2; i++) {
            Program back = detaching.restore(image, Map.of());
            assertThat(withoutInodes(detaching.report(back))).isEqualTo(withoutInodes(before));
            back.close();
        }
        return before;
    }

    /** Another file system has another device, and other inodes. */
    private static String withoutInodes(String report) {
        return report.replaceAll("(?m)^(\\d+|cwd): (/[^ ]*( \\(deleted\\))?) \\| [0-9a-f]+:[0-9]+", "$1: $2")
                .replaceAll("\\.\\. [0-9]+", "..");
    }

    @Test
    void openFilesAreTakenAlongWithContentsHolesModeOwnerTimesAndAttributes(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        Program program = detaching.start("""
                os.makedirs('mount/a/b'); fd = os.open('mount/a/b/file', os.O_RDWR | os.O_CREAT)
                os.pwrite(fd, b'far away', 1 << 19); os.ftruncate(fd, 1 << 20); os.lseek(fd, 5, 0)
                os.fchown(fd, 12, 34); os.fchmod(fd, 0o4751); os.setxattr(fd, 'trusted.mark', b'value')
                os.link('mount/a/b/file', 'mount/other'); os.open('mount/other', os.O_RDONLY)
                os.mkfifo('mount/fifo'); pipe = os.open('mount/fifo', os.O_RDWR); os.write(pipe, b'underway')
                os.utime(fd, ns=(1234567890123456789, 987654321987654321))""", """
                st = os.fstat(fd); result = (st.st_uid, st.st_gid, st.st_mtime_ns, st.st_ino == os.fstat(4).st_ino, st.st_blocks,
                    os.getxattr(fd, 'trusted.mark'), os.pread(fd, 8, 1 << 19), os.pread(4, 8, 1 << 19))
                data = os.read(pipe, 8); assert data == b'underway'; os.write(pipe, data)""");
        assertThat(comesBack(detaching, program)).startsWith("(12, 34, 987654321987654321, True, 8, b'value', b'far away', b'far away')")
                .contains("3: /a/b/file |").contains("4: /other |").contains("5: /fifo |");
    }

    @Test
    void withADirectoryAllOfTheMountIsTakenAlong(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        Program program = detaching.start("""
                os.makedirs('mount/in/deep'); open('mount/in/file', 'w').write('contents'); os.symlink('in/file', 'mount/link')
                os.chmod('mount/in', 0o1770); os.link('mount/in/file', 'mount/in/deep/same'); os.chdir('mount/in/deep')
                os.utime('..', ns=(1234567890123456789, 987654321987654321)); fd = os.open('../file', os.O_RDWR)""", """
                result = (open('../../link').read(), os.stat('..').st_mtime_ns, oct(os.stat('..').st_mode), os.stat('same').st_nlink,
                    os.stat('same').st_ino == os.fstat(fd).st_ino, oct(os.stat('../..').st_mode), os.statvfs('.').f_blocks)""");
        assertThat(comesBack(detaching, program)).startsWith("('contents', 987654321987654321, '0o41770', 2, True, '0o40711', 512)")
                .contains("cwd: /in/deep |");
    }

    @Test
    void whatWasDeletedThereIsAGhostThere(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        Program program = detaching.start("""
                os.mkdir('mount/in'); os.open('mount/in/gone', os.O_RDWR | os.O_CREAT); os.write(3, b'gone'); os.unlink('mount/in/gone')
                os.open('mount/in/there', os.O_RDWR | os.O_CREAT); os.write(4, b'there')""", "");
        assertThat(comesBack(detaching, program)).contains("3: /in/gone (deleted) |").contains("b'there'");
    }

    @Test
    void aWatchOnADirectoryThereGoesOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        Program program = detaching.start("""
                import ctypes; libc = ctypes.CDLL(None, use_errno=True)
                os.mkdir('mount/in'); inside = os.open('mount/in', os.O_RDONLY)
                queue = libc.inotify_init1(0); assert libc.inotify_add_watch(queue, b'mount/in', 0x100) == 1""", """
                os.close(os.open('later', os.O_CREAT | os.O_WRONLY, dir_fd=inside)); result = b'later' in os.read(queue, 4096)""");
        detaching.detach("mount");
        Program back = detaching.restore(detaching.kill(program, IMAGE), Map.of("missed-events", "never"));
        assertThat(detaching.report(back)).startsWith("True");
    }

    @Test
    void aProgramThatRunsFromThereRunsOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        Files.createDirectory(sandbox.path("mount"));
        detaching.mount("-t", "tmpfs", "none", "mount");
        Files.copy(Program.find("sleep"), sandbox.path("mount/sleep"));
        Program program = sandbox.start(sandbox.path("mount/sleep").toString(), "1000");
        Await.until("it sleeps", () -> program.systemCall().equals(Optional.of(230)));
        detaching.detach("mount");
        Program back = detaching.restore(detaching.kill(program, IMAGE), Map.of());
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + back.pid() + "/exe"))).isEqualTo(Path.of("/sleep"));
        assertThat(back.systemCall()).contains(230);
    }

    @Test
    void aFileSystemThatIsOpenThroughSeveralMountsIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        detaching.bind("mount", "other");
        Program program = detaching.start(
                "os.open('mount/file', os.O_RDWR | os.O_CREAT); os.open('other/file', os.O_RDWR | os.O_CREAT)", "");
        detaching.detach("mount");
        detaching.detach("other");
        assertThatThrownBy(() -> detaching.kill(program, IMAGE)).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("fd 4 of task").hasMessageContaining("open through several detached mounts");
        assertThat(program.isAlive()).isTrue();
    }

    @Test
    void aFileSystemOnADiskIsNotTakenAlong(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.disk("ext4", "mount");
        Program program = detaching.start("os.open('mount/file', os.O_RDWR | os.O_CREAT)", "");
        detaching.detach("mount");
        assertThatThrownBy(() -> detaching.kill(program, IMAGE)).hasMessageContaining("fd 3 of task")
                .hasMessageContaining("its file system is mounted nowhere else").hasMessageContaining("mount it somewhere else too")
                .message().doesNotContain("detached-contents");
        assertThat(program.isAlive()).isTrue();
        program.close();
    }

    @Test
    void anUnknownWayIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = alone(stasis, sandbox);
        Program program = detaching.start("os.open('mount/file', os.O_RDWR | os.O_CREAT)", "");
        detaching.detach("mount");
        assertThatThrownBy(() -> detaching.kill(program, Map.of("detached-contents", "maybe")))
                .hasMessageContaining("--detached-contents is maybe").hasMessageContaining("give image or refuse");
    }
}
