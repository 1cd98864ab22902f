package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.FileRecord;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A deleted file is looked at while its program runs, the program does something to it, and then it is dumped: what comes back is
 * what it was in the end, whatever was done; and it was copied while the program ran if that was all right.
 */
@ExtendWith(SandboxExtension.class)
class GhostsCopiedAheadSpec {
    private static final int LENGTH = (1 << 20) + 5000;
    private static final String SET_UP = """
            import mmap, fcntl, ctypes
            os.chdir('mount')
            fd = os.open('gone', os.O_RDWR | os.O_CREAT, 0o640); os.write(fd, b'old contents' * 100000); os.ftruncate(fd, %d)
            %s
            os.unlink('gone')
            def tell(): open('../expected', 'wb').write(open('/proc/self/fd/%%d' %% fd, 'rb').read())
            os.rename('../.ready', '../ready')
            while not os.path.exists('../then'): time.sleep(0.01)
            with open('../then') as then: text = then.read()
            exec(text); tell(); open('../done', 'w').close()
            while True: time.sleep(600)
            """;

    private static Path mounted(String type, Sandbox sandbox) throws Exception {
        if (type.equals("tmpfs")) {
            return sandbox.mountTmpfs("mount", "size=64m");
        }
        Path mount = Files.createDirectory(sandbox.path("mount"));
        Command.run("truncate", "-s", "400M", sandbox.path("disk").toString());
        Command.run("/usr/sbin/mkfs." + type, "-q", sandbox.path("disk").toString());
        Command.run("mount", "-o", "loop", sandbox.path("disk").toString(), mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    private static Program start(Sandbox sandbox, String before) throws Exception {
        Program program = Holding.start(sandbox, SET_UP.formatted(LENGTH, before));
        // The look takes nothing that changed a moment ago.
        FileStatus status = FileCalls.tryStatus(UnixPath.of("/proc/" + program.pid() + "/fd/3")).orElseThrow();
        Await.until("the file is old enough", () -> millis(status.changed()) + 100 < System.currentTimeMillis());
        return program;
    }

    private static long millis(Timestamp time) {
        return time.seconds() * 1000 + time.nanoseconds() / 1_000_000;
    }

    private static void have(Program program, Sandbox sandbox, String then) throws Exception {
        Files.writeString(sandbox.path(".then"), then);
        Files.move(sandbox.path(".then"), sandbox.path("then"));
        Await.until("it is done", () -> Files.exists(sandbox.path("done")));
    }

    /** Looks, has the program do {@code then}, dumps and makes the file again; returns whether it had been copied in the look. */
    private static boolean wasCopiedAhead(Sandbox sandbox, String before, String then) throws Exception {
        Path image = Files.createDirectory(sandbox.path("image"));
        try (FilesCycle cycle = new FilesCycle(image, new RegularFilesPlugin(), new GhostFilesPlugin());
                Program program = start(sandbox, before)) {
            try (Chain running = Holding.chain(program)) {
                cycle.lookAhead(running);
            }
            have(program, sandbox, then);
            FileStatus status = FileCalls.tryStatus(UnixPath.of("/proc/" + program.pid() + "/fd/3")).orElseThrow();
            FileRecord ghost;
            try (Chain still = Holding.chain(program)) {
                ghost = cycle.dump(still).stream().filter(record -> record.link().endsWith("/gone (deleted)")).findFirst().orElseThrow();
            }
            Fd back = cycle.open().get(ghost.id());
            assertThat(Arrays.equals(Files.readAllBytes(Path.of("/proc/self/fd/" + back.number())),
                    Files.readAllBytes(sandbox.path("expected")))).as("the contents are those that it had last").isTrue();
            FileStatus restored = FileCalls.status(back);
            assertThat(restored.mode()).isEqualTo(status.mode());
            assertThat(restored.modified()).isEqualTo(status.modified());
            assertThat(AttributeCalls.names(back)).isEqualTo(then.contains("setxattr") ? List.of(UnixPath.of("user.x"))
                    : List.of());
            return cycle.isAheadTaken();
        }
    }

    @ParameterizedTest
    @CsvSource({"ext4", "xfs", "btrfs"})
    void whatStaysAsItIsIsCopiedAhead(String type, Sandbox sandbox) throws Exception {
        mounted(type, sandbox);
        assertThat(wasCopiedAhead(sandbox, "", "os.pread(fd, 100, 0)")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", value = {
        "ext4  => os.pwrite(fd, b'new', 12)",
        "xfs   => os.pwrite(fd, b'new', 12)",
        "btrfs => os.pwrite(fd, b'new', 12)",
        "ext4  => os.pwrite(fd, b'new', 12); os.utime(fd, ns=(1, 1))",
        "ext4  => os.ftruncate(fd, 70000); os.ftruncate(fd, 1053576)",
        "xfs   => ctypes.CDLL(None).fallocate(fd, 3, ctypes.c_long(4096), ctypes.c_long(65536))",
        "ext4  => os.fchmod(fd, 0o600)",
        "ext4  => os.setxattr(fd, 'user.x', b'1')",
        "ext4  => m = mmap.mmap(fd, 0); m[5:8] = b'new'; m.close()",
        "xfs   => m = mmap.mmap(fd, 0); m[5:8] = b'new'; m.close()",
        "btrfs => m = mmap.mmap(fd, 0); x = m[0:9]; m[5:8] = b'new'; m.close()",
        "ext4  => m = mmap.mmap(fd, 0); m[5:8] = b'new'",
        "ext4  => m = mmap.mmap(fd, 0, prot=mmap.PROT_READ)",
        "ext4  => fcntl.fcntl(fd, fcntl.F_SETFL, os.O_DIRECT)",
        "ext4  => o = os.open('gone', os.O_RDWR | os.O_CREAT); os.write(o, b'other' * 300000); os.unlink('gone'); os.dup2(o, fd); os.close(o)"})
    void whateverIsDoneToItAfterTheLookIsKept(String type, String then, Sandbox sandbox) throws Exception {
        mounted(type, sandbox);
        assertThat(wasCopiedAhead(sandbox, "", then)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", value = {
        "ext4  => m = mmap.mmap(fd, 0); m[5:8] = b'mid'                     => m[5:8] = b'new'; m.close()",
        "btrfs => m = mmap.mmap(fd, 0); m[5:8] = b'mid'                     => m[5:8] = b'new'; m.close()",
        "tmpfs => pass                                                       => m = mmap.mmap(fd, 0); x = m[5]; m[5:8] = b'new'; m.close()",
        "tmpfs => pass                                                       => pass",
        "ext4  => d = os.open('gone', os.O_RDWR | os.O_DIRECT)               => pass",
        "ext4  => i = ctypes.CDLL(None).inotify_init1(0)                     => os.close(i)",
        "ext4  => fcntl.fcntl(fd, 1024, 1)                                   => assert fcntl.fcntl(fd, 1025) == 1; fcntl.fcntl(fd, 1024, 2)"})
    void whatMayChangeUnseenOrWhoseReadingMayBeSeenIsNotCopiedAhead(String type, String before, String then, Sandbox sandbox)
            throws Exception {
        mounted(type, sandbox);
        assertThat(wasCopiedAhead(sandbox, before, then)).isFalse();
    }

    @Test
    void whatAProcessOutsideHasMappedIsNotCopiedAhead(Sandbox sandbox) throws Exception {
        mounted("ext4", sandbox);
        assertThat(wasCopiedAhead(sandbox, """
                child = os.fork()
                if child == 0:
                    m = mmap.mmap(fd, 0); m[5:8] = b'mid'; open('../mapped', 'w').close(); time.sleep(600)
                while not os.path.exists('../mapped'): time.sleep(0.01)""", "os.kill(child, 9); os.wait()")).isFalse();
    }
}
