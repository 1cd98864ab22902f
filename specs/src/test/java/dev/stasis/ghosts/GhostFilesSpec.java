package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that hold files which lost their names are dumped, killed and brought back. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class GhostFilesSpec {
    private static final String GONE = """
            fd = os.open('gone', os.O_RDWR | os.O_CREAT, 0o600); os.write(fd, b'contents'); os.unlink('gone')""";

    static Path folder(Sandbox sandbox) throws Exception {
        return Files.createDirectory(sandbox.path("folder"));
    }

    static List<String> names(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void comesBackAsItWas(Stasis stasis, Sandbox sandbox, String setUp, String... places) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, setUp, "pass");
        List<Ghost> before = Stream.of(places).map(place -> Ghost.of(program, place)).toList();
        List<String> names = names(folder);
        Program back = cycle.throughDeath(program);
        assertThat(Stream.of(places).map(place -> Ghost.of(back, place)).toList()).isEqualTo(before);
        assertThat(names(folder)).isEqualTo(names);
    }

    @Test
    void aDeletedFileKeepsContentsHolesModeOwnerTimesAndAttributes(Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox, """
                fd = os.open('gone', os.O_RDWR | os.O_CREAT)
                os.pwrite(fd, b'far away', 1 << 20); os.ftruncate(fd, 3 << 20)
                os.fchown(fd, 12, 34); os.fchmod(fd, 0o4751); os.setxattr(fd, 'trusted.mark', b'\\x00value')
                os.utime(fd, ns=(1234567890123456789, 987654321987654321)); os.unlink('gone')""", "fd/3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a name (deleted)", "two\\nlines", "gone/with/all above"})
    void anyNameComesBack(String name, Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox, """
                name = '%s'; above = os.path.dirname(name)
                if above: os.makedirs(above)
                fd = os.open(name, os.O_RDWR | os.O_CREAT); os.write(fd, b'contents'); os.unlink(name)
                if above: os.removedirs(above)""".formatted(name), "fd/3");
    }

    @Test
    void aFileThatWasRenamedOverIsShownUnderItsNameAndTheOtherStaysWhatItIs(Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox, """
                fd = os.open('log', os.O_RDWR | os.O_CREAT); os.write(fd, b'old')
                open('new', 'w').write('new'); os.rename('new', 'log')""", "fd/3");
        assertThat(sandbox.path("folder/log")).hasContent("new");
    }

    @Test
    void aDirectoryThatIsCurrentAndOpenIsOneDirectoryAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox,
                "os.mkdir('gone'); os.chdir('gone'); os.open('.', os.O_RDONLY); os.chmod('.', 0o711); os.rmdir('../gone')",
                "fd/3", "cwd");
    }

    @Test
    void symbolicLinksAndDeviceNodesComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox, """
                import stat
                os.symlink('somewhere/else', 'link'); os.open('link', os.O_PATH | os.O_NOFOLLOW); os.unlink('link')
                os.mknod('null', stat.S_IFCHR | 0o640, os.makedev(1, 3)); os.open('null', os.O_RDWR); os.unlink('null')""",
                "fd/3", "fd/4");
    }

    @Test
    void whatNeverHadANameCanBeGivenOne(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, "fd = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600); os.write(fd, b'contents')",
                "os.link('/proc/self/fd/%d' % fd, 'named', src_dir_fd=0, follow_symlinks=True)");
        Ghost before = Ghost.of(program, "fd/3");
        Program back = cycle.throughDeath(program);
        assertThat(Ghost.of(back, "fd/3")).isEqualTo(before);
        cycle.then(back);
        assertThat(folder.resolve("named")).hasContent("contents");
    }

    @Test
    void allNamesAndOpenFilesAndMappingsOfOneInodeAreOfOneAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, """
                one = os.open('one', os.O_RDWR | os.O_CREAT); os.write(one, b'.' * 4096); os.link('one', 'two')
                two = os.open('two', os.O_RDONLY); memory = mmap.mmap(one, 4096)
                os.unlink('one'); os.unlink('two')""", """
                os.pwrite(one, b'written', 0); assert os.pread(two, 7, 0) == b'written' and memory[:7] == b'written'
                memory[0:6] = b'mapped'; assert os.pread(two, 7, 0) == b'mappedn'
                assert os.fstat(one).st_ino == os.fstat(two).st_ino and os.lseek(one, 0, 1) == 4096""");
        List<Ghost> before = List.of(Ghost.of(program, "fd/3"), Ghost.of(program, "fd/4"));
        Program back = cycle.throughDeath(program);
        assertThat(List.of(Ghost.of(back, "fd/3"), Ghost.of(back, "fd/4"))).isEqualTo(before);
        cycle.then(back);
        assertThat(names(folder)).isEmpty();
    }

    @Test
    void aProgramWhoseOwnFileWasReplacedRunsOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Path sleep = Files.copy(Program.find("sleep"), sandbox.path("program"));
        Program program = sandbox.start(sleep.toString(), "1000");
        Await.until("it sleeps", () -> program.systemCall().equals(Optional.of(230)));
        Files.delete(sleep);
        Files.writeString(sleep, "another");
        Ghost before = Ghost.of(program, "exe");
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        assertThat(Ghost.of(cycle.throughDeath(program), "exe")).isEqualTo(before);
        assertThat(sleep).hasContent("another");
    }

    @Test
    void aLargeSparseFileTakesNoMoreRoomThanItsData(Stasis stasis, Sandbox sandbox) throws Exception {
        comesBackAsItWas(stasis, sandbox,
                "fd = os.open('gone', os.O_RDWR | os.O_CREAT); os.pwrite(fd, b'x' * 4096, 1 << 32); os.ftruncate(fd, 8 << 30); os.unlink('gone')",
                "fd/3");
        assertThat(sandbox.path("image/stasis-ghost-files-inodes.img").toFile().length()).isLessThan(16384);
    }

    @Test
    void oneImageIsRestoredTwentyTimes(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, GONE, "pass");
        Ghost before = Ghost.of(program, "fd/3");
        Path image = cycle.kill(program, Map.of());
        for (int i = 0; i < Integer.getInteger("stasis.rounds", 20); i++) {
            try (Program back = cycle.restore(image)) {
                assertThat(Ghost.of(back, "fd/3")).isEqualTo(before);
            }
            assertThat(names(folder)).isEmpty();
        }
    }

    @Test
    void aFileBeyondTheLimitThatWasAskedForIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder(sandbox), GONE, "pass");
        assertThatThrownBy(() -> cycle.kill(program, Map.of("ghost-limit", "7")))
                .hasMessageContaining("fd 3 of task").hasMessageContaining("8 bytes large, and --ghost-limit is 7");
        cycle.kill(program, Map.of("ghost-limit", "1K"));
    }

    @Test
    void aDirectoryThatWentMissingIsNamed(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Path image = cycle.kill(cycle.start(folder, GONE + "\nos.chdir('/')", "pass"), Map.of());
        Files.delete(folder);
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("the directory " + folder)
                .hasMessageContaining("does not exist (ENOENT)");
    }

    @Test
    void aReadOnlyMountAndAFullFileSystemAreRefusedBeforeAnythingIsMade(Stasis stasis, Sandbox sandbox) throws Exception {
        Path mount = sandbox.mountTmpfs("mount", "size=1m");
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Path image = cycle.kill(cycle.start(mount, """
                fd = os.open('gone', os.O_RDWR | os.O_CREAT); os.write(fd, b'x' * 600000); os.unlink('gone')""", "pass"), Map.of());
        Files.write(mount.resolve("other"), new byte[800_000]);
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("(ENOSPC)").hasMessageContaining("fd 3 of task");
        Files.delete(mount.resolve("other"));
        Command.run("mount", "-o", "remount,ro", mount.toString());
        assertThatThrownBy(() -> cycle.restore(image)).hasMessageContaining("read-only (EROFS)");
        Command.run("mount", "-o", "remount,rw", mount.toString());
        cycle.restore(image);
    }

    @Test
    void aDumpIsNotSeenByThoseWhoWatchTheDirectory(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = folder(sandbox);
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder, GONE + """

                os.mkdir('sub'); os.open('sub', os.O_RDONLY); os.rmdir('sub'); os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600)
                os.open('over', os.O_RDWR | os.O_CREAT); open('new', 'w').close(); os.rename('new', 'over')""", "pass");
        try (WatchService watcher = folder.getFileSystem().newWatchService()) {
            folder.register(watcher, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
            stasis.dump(DumpRequest.of(program.pid(), sandbox.path("image")).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
            Files.createFile(folder.resolve("marker"));
            WatchKey key = watcher.poll(30, TimeUnit.SECONDS);
            assertThat(key.pollEvents()).extracting(event -> event.context().toString()).containsOnly("marker");
        }
    }

    @Test
    void anUnlinkedFifoComesBackWithWhatIsInIt(Stasis stasis, Sandbox sandbox) throws Exception {
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(folder(sandbox), """
                os.mkfifo('fifo', 0o640); fd = os.open('fifo', os.O_RDWR); os.write(fd, b'underway'); os.unlink('fifo')""",
                "assert os.read(fd, 100) == b'underway'");
        Ghost before = Ghost.of(program, "fd/3");
        Program back = cycle.throughDeath(program);
        assertThat(Ghost.of(back, "fd/3").link()).isEqualTo(before.link());
        assertThat(Ghost.of(back, "fd/3").mode()).isEqualTo(before.mode());
        assertThat(Ghost.of(back, "fd/3").modified()).isEqualTo(before.modified());
        cycle.then(back);
    }
}
