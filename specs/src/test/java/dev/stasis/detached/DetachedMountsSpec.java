package dev.stasis.detached;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that hold files of mounts which were unmounted lazily are dumped, killed and brought back. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DetachedMountsSpec {

    /** Opens files of all sorts below the mount point. */
    private static final String OPENED = """
            os.open('mount/in/file', os.O_RDWR); os.lseek(3, 4, 0); os.open('mount/in', os.O_RDONLY)
            os.open('mount/in/log', os.O_WRONLY | os.O_APPEND | os.O_CREAT); os.write(5, b'line\\n')
            os.open('mount', os.O_PATH | os.O_NOFOLLOW); os.open('mount/in/file', os.O_RDONLY | os.O_NONBLOCK); os.dup(3)
            os.symlink('file', 'mount/in/link'); os.open('mount/in/link', os.O_PATH | os.O_NOFOLLOW)
            os.chdir('mount/in')""";

    private static void fill(Sandbox sandbox, String directory) throws Exception {
        Files.createDirectories(sandbox.path(directory + "/in"));
        Files.writeString(sandbox.path(directory + "/in/file"), "contents of the file");
    }

    /** Has a program open files below the mount point {@code mount}, unmounts it, and sees all come back as it was. */
    private static void comesBack(Detaching detaching) throws Exception {
        Program program = detaching.start(OPENED, "");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(before).contains("3: /in/file |").contains("cwd: /in |").contains("contents of the file");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
        back.close();
    }

    @Test
    void filesOfABindMountComeBackOnOneMountThatIsNowhere(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        comesBack(detaching);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void filesOfADiskFileSystemComeBack(String type, Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.disk(type, "disk");
        fill(sandbox, "disk/deep/down");
        detaching.bind("disk/deep/down", "mount");
        comesBack(detaching);
    }

    @Test
    void filesOfABtrfsSubvolumeComeBackThoughTheyShowAnotherDevice(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        String device = detaching.disk("btrfs", "disk");
        Command.run("btrfs", "subvolume", "create", sandbox.path("disk/sub").toString());
        fill(sandbox, "disk/sub");
        Files.createDirectory(sandbox.path("mount"));
        detaching.mount("-o", "subvol=sub", device, "mount");
        comesBack(detaching);
    }

    @Test
    void filesOfATmpfsThatIsMountedTwiceComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        sandbox.mountTmpfs("memory", "size=1m");
        fill(sandbox, "memory");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("memory", "mount");
        comesBack(detaching);
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "memory"})
    void filesOfAnOverlayComeBackThoughItHasNoFileHandles(String lower, Stasis stasis, Sandbox sandbox) throws Exception {
        sandbox.mountTmpfs("memory", "size=1m");
        for (String directory : List.of("source", "upper", "work", "overlay")) {
            Files.createDirectory(sandbox.path(directory));
        }
        fill(sandbox, lower + "/deep");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.mount("-t", "overlay", "-o", "lowerdir=" + sandbox.path(lower) + ",upperdir=" + sandbox.path("upper")
                + ",workdir=" + sandbox.path("work"), "overlay", "overlay");
        detaching.bind("overlay/deep", "mount");
        comesBack(detaching);
    }

    @Test
    void filesOfAFileSystemInUserSpaceComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.disk("ext4", "disk");
        fill(sandbox, "disk/deep");
        Command.run("umount", sandbox.path("disk").toString());
        Path served = Files.createDirectory(sandbox.path("served"));
        Program server = Program.start(sandbox.directory(), sandbox.path("server"),
                List.of("/usr/bin/fuse2fs", sandbox.path("disk.disk").toString(), served.toString(), "-f"));
        sandbox.own(server);
        sandbox.own(() -> Command.run("umount", "-l", served.toString()));
        Await.until("it is served", () -> Files.exists(served.resolve("deep/in/file")));
        detaching.bind("served/deep", "mount");
        comesBack(detaching);
    }

    @Test
    void aThousandFilesAreOnOneMountAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        Program program = detaching.start("""
                for i in range(1000):
                    os.open('mount/in/%d' % i, os.O_RDWR | os.O_CREAT); os.write(i + 3, b'x' * i)
                def mounts(): return set(mount(fd) for fd in range(3, 1003))""", "result = len(mounts())");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(before).startsWith("1\n");
        assertThat(detaching.report(detaching.throughDeath(program))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ro", "noexec", "nosuid", "nodev", "noatime", "strictatime", "nodiratime",
            "ro,noexec,nosuid,nodev,noatime,nosymfollow"})
    void theFlagsOfTheMountAreKept(String flags, Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        Command.run("mount", "-o", "remount,bind," + flags, sandbox.path("mount").toString());
        Program program = detaching.start("os.open('mount/in/file', os.O_RDONLY); os.open('mount', os.O_RDONLY)", """
                try: os.close(os.open('in/new', os.O_CREAT | os.O_WRONLY, dir_fd=4)); result = 'writable'
                except OSError as e: result = e.strerror""");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(before).startsWith(flags.startsWith("ro") ? "Read-only" : "writable");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
    }

    @Test
    void twoMountsOfOneDirectoryAreTwoAgainEachWithItsFlags(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        detaching.bind("source", "other");
        Command.run("mount", "-o", "remount,bind,noexec", sandbox.path("other").toString());
        Program program = detaching.start("""
                for name in ('mount', 'other', 'mount', 'other'): os.open(name + '/in/file', os.O_RDONLY)
                os.open('source/in/file', os.O_RDONLY)""", "");
        detaching.detach("mount");
        detaching.detach("other");
        String before = detaching.report(program);
        assertThat(before).contains("mount 0").contains("mount 1").contains("mount 2");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
    }

    @Test
    void aTreeOfMountsComesBackAsTheSeparateMountsThatUnmountingMadeOfIt(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        fill(sandbox, "further");
        Files.createDirectory(sandbox.path("source/in/sub"));
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        detaching.bind("further", "mount/in/sub");
        sandbox.mountTmpfs("memory", "size=1m");
        fill(sandbox, "memory");
        Files.createDirectory(sandbox.path("further/in/third"));
        detaching.bind("memory", "mount/in/sub/in/third");
        Program program = detaching.start("""
                for name in ('mount/in', 'mount/in/sub/in', 'mount/in/sub/in/third/in'):
                    os.open(name, os.O_RDONLY); os.open(name + '/file', os.O_RDWR)""", "");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(before).contains("mount 0").contains("mount 1").contains("mount 2").contains("3: /in |");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
    }

    @Test
    void aBindMountOfASingleFileComesBack(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Files.createFile(sandbox.path("point"));
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.mount("--bind", sandbox.path("source/in/file").toString(), "point");
        Program program = detaching.start("os.open('point', os.O_RDWR); os.lseek(3, 9, 0); os.open('point', os.O_PATH)", "");
        detaching.detach("point");
        String before = detaching.report(program);
        assertThat(before).contains("3: / |");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
    }

    @Test
    void aBindMountOfABindMountComesBackByTheDirectoryUnderneath(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source/deep");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "first");
        detaching.bind("first/deep", "mount");
        detaching.detach("first");
        comesBack(detaching);
    }
}
