package dev.stasis.files;

import static dev.stasis.files.FilesCycle.cycle;
import static dev.stasis.files.FilesCycle.dump;
import static dev.stasis.files.FilesCycle.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SandboxExtension.class)
class RegularFilesSpec {

    @ParameterizedTest
    @ValueSource(strings = {
        "os.O_RDONLY", "os.O_WRONLY", "os.O_RDWR", "os.O_RDWR | os.O_APPEND", "os.O_WRONLY | os.O_NONBLOCK", "os.O_RDWR | os.O_SYNC",
        "os.O_RDWR | os.O_DSYNC", "os.O_RDONLY | os.O_NOATIME", "os.O_RDWR | os.O_DIRECT", "os.O_RDWR | os.O_NOFOLLOW",
        "os.O_PATH", "os.O_RDWR | os.O_CREAT", "os.O_RDWR | os.O_EXCL", "os.O_RDWR | os.O_ASYNC",
    })
    void flagsPositionAndInodeOfARegularFileComeBack(String flags, Sandbox sandbox) throws Exception {
        Files.writeString(sandbox.path("data"), "0123456789");
        FilesCycle cycle = cycle(sandbox);
        String seek = flags.contains("O_PATH") ? "" : "; os.lseek(3, 7, os.SEEK_SET)";
        try (Program program = Holding.start(sandbox, "os.open('data', " + flags + ")" + seek);
                Chain chain = Holding.chain(program)) {
            OpenFile before = Holding.file(chain, program, 3);
            cycle.dump(chain);
            Fd after = cycle.open().get(before.id());
            assertThat(FileCalls.flags(after)).isEqualTo(FileCalls.flags(chain.descriptor(before)));
            assertThat(FileCalls.status(after).inode()).isEqualTo(before.status().inode());
            if (!flags.contains("O_PATH")) {
                assertThat(FileCalls.tryPosition(after)).hasValue(7L);
            }
        }
        assertThat(Files.readString(sandbox.path("data"))).isEqualTo("0123456789");
    }

    @Test
    void aFileThatWasMadeWithTruncateAndCreateIsNeitherMadeNorEmptiedAgain(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records =
                dump(cycle, sandbox, "os.open('log', os.O_WRONLY | os.O_CREAT | os.O_TRUNC); os.write(3, b'kept')");
        assertThat(FileCalls.tryPosition(cycle.open().get(record(records, "log").id()))).hasValue(4L);
        assertThat(Files.readString(sandbox.path("log"))).isEqualTo("kept");
        Files.delete(sandbox.path("log"));
        assertThatThrownBy(cycle::open).hasMessageContaining("log (fd 3 of task").hasMessageContaining("ENOENT");
        assertThat(sandbox.path("log")).doesNotExist();
    }

    @Test
    void oneOpenFileIsMadeOnceAndTwoOpensOfOneInodeAreTwo(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox,
                "os.open('log', os.O_RDWR | os.O_CREAT); os.dup2(3, 9); os.open('log', os.O_RDWR)").stream()
                .filter(r -> r.link().endsWith("/log")).toList();
        assertThat(records).hasSize(2);
        assertThat(records.get(0).holders()).hasSize(2);
        Map<OpenFileId, Fd> files = cycle.open();
        RemoteFd one = new RemoteFd(ProcessCalls.self(), files.get(records.get(0).id()).number());
        RemoteFd other = new RemoteFd(ProcessCalls.self(), files.get(records.get(1).id()).number());
        assertThat(ProcessCalls.isSameFile(one, other)).isFalse();
    }

    @Test
    void directoriesKeepTheirPositionAndNamesOfLinksFifosAndSocketsAreHeldAgain(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, """
                import socket
                for i in range(50): open('file%d' % i, 'w').close()
                os.symlink('nowhere', 'link'); os.mkfifo('fifo'); s = socket.socket(socket.AF_UNIX); s.bind('socket'); s.close()
                os.mkdir('dir')
                for name in ('link', 'fifo', 'socket', 'dir'): os.open(name, os.O_PATH | os.O_NOFOLLOW)
                os.open('.', os.O_RDONLY | os.O_DIRECTORY)""");
        Map<OpenFileId, Fd> files = cycle.open();
        for (String name : List.of("link", "fifo", "socket", "dir")) {
            FileRecord record = record(records, name);
            assertThat(FileCalls.flags(files.get(record.id()))).isEqualTo(OpenFlags.PATH.with(OpenFlags.NOFOLLOW));
            assertThat(FileCalls.readLink(UnixPath.of("/proc/self/fd/" + files.get(record.id()).number())))
                    .isEqualTo(record.link());
        }
    }

    @Test
    void aDirectoryIsReadOnFromWhereItStood(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, """
                import ctypes
                libc = ctypes.CDLL(None); os.mkdir('many')
                for i in range(500): open('many/file%d' % i, 'w').close()
                os.open('many', os.O_RDONLY | os.O_DIRECTORY)
                buffer = ctypes.create_string_buffer(2048)
                assert libc.syscall(217, 3, buffer, 2048) > 0""");
        FileRecord record = record(records, "many");
        assertThat(record.position().getAsLong()).isNotZero();
        assertThat(FileCalls.tryPosition(cycle.open().get(record.id()))).hasValue(record.position().getAsLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "zero", "full", "random", "urandom"})
    void devicesWithoutStateAreOpenedAgainWhateverTheirNodeIsCalled(String device, Sandbox sandbox) throws Exception {
        Command.run("cp", "-a", "/dev/" + device, sandbox.path("renamed").toString());
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, "os.open('renamed', os.O_RDWR | os.O_NONBLOCK)");
        FileRecord record = record(records, "renamed");
        assertThat(record.kind()).isEqualTo("stateless-device");
        assertThat(FileCalls.flags(cycle.open().get(record.id()))).isEqualTo(record.flags());
    }

    @Test
    void aDeviceNodeThatStandsForAnotherDeviceIsRefused(Sandbox sandbox) throws Exception {
        Command.run("cp", "-a", "/dev/null", sandbox.path("node").toString());
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('node', os.O_RDWR)");
        Files.delete(sandbox.path("node"));
        Command.run("cp", "-a", "/dev/zero", sandbox.path("node").toString());
        assertThat(cycle.plan()).extracting(Problem::toString).singleElement().asString()
                .contains("node (fd 3 of task").contains("it was device 1:3 and is device 1:5");
    }

    @Test
    void currentDirectoryRootProgramAndMappedFilesComeBack(Sandbox sandbox) throws Exception {
        Files.write(sandbox.path("mapped"), new byte[8192]);
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, """
                import mmap
                f = os.open('mapped', os.O_RDWR); m = mmap.mmap(f, 8192); p = mmap.mmap(f, 8192, flags=mmap.MAP_PRIVATE)
                os.close(f)""");
        assertThat(records.stream().filter(r -> r.link().endsWith("/mapped")).filter(r -> r.position().isEmpty()))
                .extracting(r -> r.flags().accessMode().writes()).containsExactlyInAnyOrder(true, false);
        assertThat(cycle.open()).hasSameSizeAs(records);
    }

    @Test
    void namesAreBytesAndMayEndInDeleted(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, """
                os.open(b'line\\nfeed \\xff', os.O_RDWR | os.O_CREAT); os.open('x (deleted)', os.O_RDWR | os.O_CREAT)""");
        FileRecord named = record(records, "x (deleted)");
        assertThat(named.location().path()).isEqualTo(named.link());
        assertThat(cycle.open()).hasSameSizeAs(records);
        Command.run("rm", "-f", "-r", sandbox.directory().toString());
        Files.createDirectories(sandbox.directory());
    }

    @Test
    void pathsBeyondPathMaxComeBack(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        try {
            List<FileRecord> records = dump(cycle, sandbox, """
                    top = os.getcwd()
                    for i in range(20): os.mkdir('d' * 250); os.chdir('d' * 250)
                    os.open('file', os.O_RDWR | os.O_CREAT); os.open('.', os.O_PATH)
                    os.chdir(top)""");
            assertThat(record(records, "file").location().path().length()).isGreaterThan(5000);
            assertThat(cycle.open()).hasSameSizeAs(records);
        } finally {
            Command.run("rm", "-r", sandbox.path("d".repeat(250)).toString());
        }
    }

    @Test
    void aPathThatLeadsToAnotherInodeIsRefusedByNameAndTakenOnRequest(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('data', os.O_RDWR | os.O_CREAT)");
        Files.createFile(sandbox.path("other"));
        Files.move(sandbox.path("other"), sandbox.path("data"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(cycle.plan()).extracting(Problem::toString).singleElement().asString()
                .contains("data (fd 3 of task").contains("the path leads to another file").contains("--take-changed-files");
        assertThat(cycle.with("take-changed-files").plan()).isEmpty();
    }

    @Test
    void anotherTypeIsRefusedEvenOnRequest(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox).with("take-changed-files");
        dump(cycle, sandbox, "os.open('data', os.O_RDONLY | os.O_CREAT)");
        Files.delete(sandbox.path("data"));
        Command.run("mkfifo", sandbox.path("data").toString());
        assertThat(cycle.plan()).extracting(Problem::reason).containsExactly("it was a regular file and is a named pipe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"os.O_RDWR | os.O_APPEND", "os.O_WRONLY"})
    void aLogMayHaveGrownButNotShrunk(String flags, Sandbox sandbox) throws Exception {
        Files.writeString(sandbox.path("log"), "line\n");
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('log', " + flags + ")");
        Files.writeString(sandbox.path("log"), "line\nmore\n");
        assertThat(cycle.plan()).isEmpty();
        Files.writeString(sandbox.path("log"), "");
        assertThat(cycle.plan()).extracting(Problem::reason).containsExactly("its size was 5 bytes and is 0");
    }

    @Test
    void aFileThatIsReadMustNotHaveGrown(Sandbox sandbox) throws Exception {
        Files.writeString(sandbox.path("data"), "12345");
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('data', os.O_RDWR)");
        Files.writeString(sandbox.path("data"), "123456");
        assertThat(cycle.plan()).extracting(Problem::reason).containsExactly("its size was 5 bytes and is 6");
        Files.writeString(sandbox.path("data"), "54321");
        assertThat(cycle.plan()).isEmpty();
    }

    @Test
    void aFileThatIsMappedReadOnlyMustNotHaveBeenRewritten(Sandbox sandbox) throws Exception {
        Files.write(sandbox.path("library"), new byte[4096]);
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "import mmap; f = os.open('library', os.O_RDONLY); m = mmap.mmap(f, 0, prot=mmap.PROT_READ); os.close(f)");
        Path library = sandbox.path("library");
        Files.write(library, new byte[4096]);
        Files.setLastModifiedTime(library, FileTime.fromMillis(0));
        assertThat(cycle.plan()).extracting(Problem::reason).contains("it is run or mapped, and its contents were changed since");
    }

    @Test
    void allThatIsWrongIsToldAtOnce(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "for name in 'abc': os.open(name, os.O_RDWR | os.O_CREAT)");
        Files.delete(sandbox.path("a"));
        Files.writeString(sandbox.path("c"), "grown");
        assertThat(cycle.plan()).extracting(p -> p.code().name()).containsExactlyInAnyOrder("FILE_MISSING", "FILE_CHANGED");
    }
}
