package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that run, stand, map, watch, or have deleted what is on a mount that was unmounted lazily. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DetachedPlacesSpec {
    private static final int NANOSLEEP = 230;

    private static Detaching bound(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.createDirectories(sandbox.path("source/in"));
        Files.writeString(sandbox.path("source/in/file"), "contents of the file");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        return detaching;
    }

    private static String link(Pid task, String name) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + task + "/" + name)).toString();
    }

    /** Detaches, tells, dies, comes back, tells the same. */
    private static String comesBack(Detaching detaching, Program program) throws Exception {
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(detaching.report(detaching.throughDeath(program))).isEqualTo(before);
        return before;
    }

    @Test
    void aProgramThatRunsFromItRunsOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Files.copy(Program.find("sleep"), sandbox.path("source/in/sleep"));
        Program program = sandbox.start(sandbox.path("mount/in/sleep").toString(), "1000");
        Await.until("it sleeps", () -> program.systemCall().equals(Optional.of(NANOSLEEP)));
        detaching.detach("mount");
        assertThat(link(program.pid(), "exe")).isEqualTo("/in/sleep");
        Program back = detaching.throughDeath(program);
        assertThat(link(back.pid(), "exe")).isEqualTo("/in/sleep");
        assertThat(Files.readString(Path.of("/proc/" + back.pid() + "/maps"))).contains(" /in/sleep\n");
    }

    @Test
    void aRootDirectoryOnItIsTheRootAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Puppet puppet = sandbox.puppet();
        byte[] mount = (sandbox.path("mount") + "\0").getBytes(StandardCharsets.UTF_8);
        puppet.call(SyscallNumber.CHROOT, puppet.calls().lend(mount).value());
        puppet.letGo();
        detaching.detach("mount");
        Program back = detaching.throughDeath(puppet.program());
        assertThat(link(back.pid(), "root")).isEqualTo("/");
        assertThat(Path.of("/proc/" + back.pid() + "/root/in/file")).hasContent("contents of the file");
    }

    @Test
    void aLibraryMappedFromItIsCalledAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        String library = Command.run("gcc", "-print-file-name=libm.so.6").strip();
        Files.copy(Path.of(library), sandbox.path("source/in/libmath.so"));
        Program program = detaching.start("""
                import ctypes; library = ctypes.CDLL(sandbox + '/mount/in/libmath.so')
                library.cbrt.restype = ctypes.c_double""", "result = library.cbrt(ctypes.c_double(27))");
        assertThat(comesBack(detaching, program)).startsWith("3.0").contains("\n/in/libmath.so");
    }

    @Test
    void whatWasDeletedOnItIsAGhostOnIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("""
                os.open('mount/in/file', os.O_RDWR); os.lseek(3, 4, 0); os.unlink('mount/in/file')
                os.open('mount/in/over', os.O_RDWR | os.O_CREAT); os.write(4, b'old')
                open('mount/in/new', 'w').close(); os.rename('mount/in/new', 'mount/in/over')
                os.makedirs('mount/gone/too'); os.open('mount/gone/too/deep', os.O_RDWR | os.O_CREAT); os.write(5, b'deep')
                os.unlink('mount/gone/too/deep'); os.removedirs('mount/gone/too'); os.open('mount/in', os.O_RDONLY)
                os.open('mount/in/one', os.O_RDWR | os.O_CREAT); os.write(7, b'alive'); os.link('mount/in/one', 'mount/in/two')
                os.unlink('mount/in/one')""", "");
        assertThat(withoutInodes(comesBackWithoutInodes(detaching, program))).contains("3: /in/file (deleted) |")
                .contains("4: /in/over (deleted) |").contains("5: /gone/too/deep (deleted) |").contains("b'deep'").contains("7: /in/one (deleted) |");
        assertThat(sandbox.path("source/in/two")).hasContent("alive");
        assertThat(sandbox.path("source/in")).isDirectoryNotContaining("glob:**ghost*");
        assertThat(sandbox.path("source/gone")).doesNotExist();
    }

    /** What is made anew has another inode. */
    private static String comesBackWithoutInodes(Detaching detaching, Program program) throws Exception {
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(withoutInodes(detaching.report(detaching.throughDeath(program)))).isEqualTo(withoutInodes(before));
        return before;
    }

    private static String withoutInodes(String report) {
        return report.replaceAll("(\\(deleted\\) \\| [0-9a-f]+):[0-9]+", "$1");
    }

    @Test
    void aGhostThatIsOpenThroughTwoMountsIsOneInodeAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        detaching.bind("source/in", "other");
        Program program = detaching.start("""
                one = os.open('mount/in/file', os.O_RDWR); two = os.open('other/file', os.O_RDWR)
                three = os.open('source/in/file', os.O_RDWR); os.unlink('source/in/file')""", """
                result = len(set(os.fstat(fd).st_ino for fd in (one, two, three)))
                os.pwrite(one, b'changed!', 0); assert os.pread(two, 8, 0) == os.pread(three, 8, 0) == b'changed!'""");
        detaching.detach("other");
        assertThat(comesBackWithoutInodes(detaching, program)).startsWith("1\n").contains("3: /in/file (deleted) |")
                .contains("4: /file (deleted) |").contains("/source/in/file (deleted) |");
    }

    @Test
    void aFifoOnItKeepsWhatIsUnderway(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("os.mkfifo('mount/in/fifo'); fd = os.open('mount/in/fifo', os.O_RDWR); os.write(fd, b'x' * 9)",
                "result = os.read(fd, 9); os.write(fd, result)");
        assertThat(comesBack(detaching, program)).startsWith("b'xxxxxxxxx'").contains("3: /in/fifo |");
    }

    @Test
    void aWatchBelowItGoesOnAndItsQueueIsKept(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("""
                import ctypes; libc = ctypes.CDLL(None, use_errno=True)
                queue = libc.inotify_init1(0); assert libc.inotify_add_watch(queue, b'mount/in', 0x100) == 1
                inside = os.open('mount/in', os.O_RDONLY)
                open('mount/in/first', 'w').close(); number = 1""", """
                global number
                number += 1; os.close(os.open('later%d' % number, os.O_CREAT | os.O_WRONLY, dir_fd=inside))
                events = os.read(queue, 4096); result = [n for n in (b'first', b'later2', b'later3') if n in events]""");
        detaching.detach("mount");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).startsWith("[b'first', b'later2']");
        assertThat(detaching.report(back)).startsWith("[b'later3']");
    }

    @Test
    void aLockOnItIsHeldAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("import fcntl; fcntl.flock(os.open('mount/in/file', os.O_RDWR), fcntl.LOCK_EX)", "");
        comesBack(detaching, program);
        Process other = new ProcessBuilder("flock", "--nonblock", sandbox.path("source/in/file").toString(), "true").start();
        assertThat(other.waitFor()).isEqualTo(1);
    }

    @Test
    void ofTwoHardLinksTheOneThatWasOpenedIsFound(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        for (String other : new String[] {"a", "b", "y", "z"}) {
            Files.createDirectories(sandbox.path("source/" + other + "/in"));
            Files.createLink(sandbox.path("source/" + other + "/in/file"), sandbox.path("source/in/file"));
            detaching.bind("source/" + other, "mount-" + other);
        }
        Program program = detaching.start(
                "for name in ('mount', 'mount-a', 'mount-z', 'mount-b'): os.open(name + '/in/file', os.O_RDWR)", "");
        Program cold = program;
        for (String other : new String[] {"a", "b", "y", "z"}) {
            detaching.detach("mount-" + other);
        }
        detaching.detach("mount");
        Program back = detaching.throughDeath(cold);
        for (int fd = 3; fd < 7; fd++) {
            assertThat(link(back.pid(), "fd/" + fd)).isEqualTo("/in/file");
        }
        assertThat(roots(sandbox)).contains("source/a", "source/z", "source/b");
    }

    /** The image with its roots in plain sight. */
    private static String roots(Sandbox sandbox) throws Exception {
        return new String(Files.readAllBytes(sandbox.path("image/files.img")), StandardCharsets.ISO_8859_1);
    }

    @Test
    void oneImageIsRestoredAgainAndAgainAndItsReturnDumpedAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program program = detaching.start("os.open('mount/in/file', os.O_RDWR); os.chdir('mount/in')", "");
        detaching.detach("mount");
        String before = detaching.report(program);
        Path image = detaching.kill(program, Map.of());
        for (int i = 0; i < 3; i++) {
            Program back = detaching.restore(image, Map.of());
            assertThat(detaching.report(back)).isEqualTo(before);
            back.close();
        }
        Program back = detaching.restore(image, Map.of());
        Files.move(image, sandbox.path("first"));
        assertThat(detaching.report(detaching.throughDeath(back))).isEqualTo(before);
    }
}
