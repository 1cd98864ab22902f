package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of file without a name comes back on each file system, with all that this keeps. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class GhostsOnFileSystemsSpec {

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void everyKindComesBackOnDiskFileSystems(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        everyKindComesBack(stasis, sandbox, disk(type, sandbox));
    }

    static Path disk(String type, Sandbox sandbox) throws Exception {
        assertThat(Files.isExecutable(Path.of("/usr/sbin/mkfs." + type))).as("mkfs." + type).isTrue();
        Path mount = Files.createDirectory(sandbox.path("mount"));
        Path disk = sandbox.path("disk");
        Command.run("truncate", "-s", "400M", disk.toString());
        Command.run("/usr/sbin/mkfs." + type, "-q", disk.toString());
        Command.run("mount", "-o", "loop", disk.toString(), mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    @Test
    void everyKindComesBackOnTmpfs(Stasis stasis, Sandbox sandbox) throws Exception {
        everyKindComesBack(stasis, sandbox, sandbox.mountTmpfs("mount", "size=64m"));
    }

    @Test
    void everyKindComesBackOnOverlayfs(Stasis stasis, Sandbox sandbox) throws Exception {
        everyKindComesBack(stasis, sandbox, overlay(sandbox));
    }

    static Path overlay(Sandbox sandbox) throws Exception {
        return overlay(sandbox.mountTmpfs("disk", "size=64m"), sandbox.path("mount"), sandbox);
    }

    /** One whose files are in {@code disk}, at {@code mount}, which is made. */
    static Path overlay(Path disk, Path mount, Sandbox sandbox) throws Exception {
        Files.createDirectory(mount);
        for (String name : List.of("lower", "upper", "work")) {
            Files.createDirectory(disk.resolve(name));
        }
        Command.run("mount", "-t", "overlay", "-o", "lowerdir=" + disk + "/lower,upperdir=" + disk + "/upper,workdir=" + disk
                + "/work", "none", mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    /** Such a file system keeps a deleted file only for those who have it open, under a name of its own. */
    @Test
    void aDeletedFileComesBackOnFuse(Stasis stasis, Sandbox sandbox) throws Exception {
        Path source = Files.createDirectory(sandbox.path("source"));
        Path mount = Files.createDirectory(sandbox.path("mount"));
        sandbox.start("bindfs", "-f", source.toString(), mount.toString());
        Await.until("it is mounted", () -> Command.run("cat", "/proc/self/mountinfo").contains(" " + mount + " "));
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                fd = os.open('gone', os.O_RDWR | os.O_CREAT, 0o640); os.write(fd, b'x' * 70000); other = os.open('gone', os.O_RDONLY)
                os.unlink('gone')""", """
                os.write(fd, b'more'); assert os.pread(other, 99999, 0) == b'x' * 70000 + b'more'""");
        Program back = cycle.throughDeath(program);
        cycle.then(back);
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + back.pid() + "/fd/3"))).hasToString(mount + "/gone (deleted)");
        back.close();
        Await.until("nothing is left", () -> source.toFile().list().length == 0);
    }

    private static void everyKindComesBack(Stasis stasis, Sandbox sandbox, Path mount) throws Exception {
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                import stat, struct, fcntl
                fd = os.open('gone', os.O_RDWR | os.O_CREAT); os.pwrite(fd, b'x' * 70000, 1 << 20); os.ftruncate(fd, 3 << 20)
                os.setxattr(fd, 'trusted.mark', b'value'); os.fchown(fd, 12, 34); os.fchmod(fd, 0o640); os.fsync(fd)
                acl = [(1, 6, -1), (2, 4, 1000), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
                os.setxattr(fd, 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *one) for one in acl))
                flags = struct.unpack('i', fcntl.ioctl(fd, 0x80086601, b'1234'))[0]
                fcntl.ioctl(fd, 0x40086602, struct.pack('i', flags | 0x40))
                os.utime(fd, ns=(1234567890123456789, 987654321987654321)); os.unlink('gone')
                os.open('over', os.O_RDWR | os.O_CREAT); open('new', 'w').close(); os.rename('new', 'over')
                os.mkdir('dir'); os.open('dir', os.O_RDONLY); os.rmdir('dir')
                os.symlink('target', 'link'); os.open('link', os.O_PATH | os.O_NOFOLLOW); os.unlink('link')
                os.open('one', os.O_RDWR | os.O_CREAT); os.link('one', 'two'); os.unlink('one')
                os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600)
                os.mkfifo('fifo', 0o640); os.open('fifo', os.O_RDWR); os.unlink('fifo')
                os.mknod('null', stat.S_IFCHR | 0o640, os.makedev(1, 3)); os.open('null', os.O_RDWR); os.unlink('null')
                os.makedirs('a/b'); os.open('a/b/c', os.O_RDWR | os.O_CREAT); os.unlink('a/b/c'); os.removedirs('a/b')
                os.mkdir('again'); os.open('again', os.O_RDONLY); os.rmdir('again'); os.mkdir('again'); open('again/in', 'w').close()
                os.open('turned', os.O_RDWR | os.O_CREAT); os.unlink('turned'); os.mkdir('turned')
                os.open('x (deleted)', os.O_RDWR | os.O_CREAT); os.open('y (deleted)', os.O_RDWR | os.O_CREAT); os.unlink('y (deleted)')
                """, "pass");
        List<String> places = IntStream.rangeClosed(3, 15).mapToObj(number -> "fd/" + number).toList();
        List<Ghost> before = places.stream().map(place -> Ghost.of(program, place)).toList();
        List<String> names = GhostFilesSpec.names(mount);
        Program back = cycle.throughDeath(program);
        assertThat(places.stream().map(place -> Ghost.of(back, place)).toList()).isEqualTo(before);
        assertThat(GhostFilesSpec.names(mount)).isEqualTo(names);
        assertThat(mount.resolve("again/in")).exists();
        back.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs", "overlay"})
    void whatMayBeGivenANameMayBeThatAfterwardsAndNothingElse(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = switch (type) {
            case "tmpfs" -> sandbox.mountTmpfs("mount", "size=64m");
            case "overlay" -> overlay(sandbox);
            default -> disk(type, sandbox);
        };
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(mount, """
                import errno
                plain = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600); os.write(plain, b'plain')
                exclusive = os.open('.', os.O_TMPFILE | os.O_RDWR | os.O_EXCL, 0o600); os.write(exclusive, b'exclusive')
                deleted = os.open('deleted', os.O_RDWR | os.O_CREAT); os.unlink('deleted')
                was = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600)
                os.link('/proc/self/fd/%d' % was, 'was', src_dir_fd=0, follow_symlinks=True); os.unlink('was')
                def link(fd, name):
                    try: os.link('/proc/self/fd/%d' % fd, name, src_dir_fd=0, follow_symlinks=True); return 0
                    except OSError as e: return e.errno""", """
                assert [link(fd, name) for fd, name in ((exclusive, 'e'), (deleted, 'd'), (was, 'w'))] == [errno.ENOENT] * 3
                assert link(plain, 'p') == 0 and open('p').read() == 'plain'
                assert os.pread(exclusive, 99, 0) == b'exclusive'""");
        cycle.then(cycle.throughDeath(program));
        assertThat(GhostFilesSpec.names(mount)).contains("p").doesNotContain("e", "d", "w");
    }
}
