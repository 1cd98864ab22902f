package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class UnkeptFilesSpec {

    private static List<String> problems(Sandbox sandbox, FilesCycle cycle, String setUp) throws Exception {
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            return cycle.problems(chain).stream().map(Problem::toString).toList();
        }
    }

    private static FilesCycle cycle(Sandbox sandbox) throws Exception {
        return sandbox.own(new FilesCycle(Files.createDirectories(sandbox.path("image"))));
    }

    @Test
    void everythingThatNobodyKeepsIsNamedAtOnceWithWhatWouldHelp(Sandbox sandbox) throws Exception {
        List<String> problems = problems(sandbox, cycle(sandbox), """
                import select, socket
                os.pipe(); e = select.epoll(); s = socket.socket(); os.mkfifo('fifo'); os.open('fifo', os.O_RDWR)""");
        assertThat(problems).hasSize(5);
        assertThat(problems.get(0)).contains("fd 3 of task").contains("(pipe pipe:[").contains("load plugin pipes");
        assertThat(problems.get(2)).contains("fd 5").contains("(eventpoll");
        assertThat(problems.get(3)).contains("fd 6").contains("(TCP socket");
        assertThat(problems.get(4)).contains("fd 7").contains("(named pipe").contains("/fifo");
    }

    @Test
    void aDeletedFileIsRefusedByNameAndThePluginForItIsNamed(Sandbox sandbox) throws Exception {
        List<String> problems = problems(sandbox, cycle(sandbox), "os.open('gone', os.O_RDWR | os.O_CREAT); os.unlink('gone')");
        assertThat(problems).singleElement().asString().contains("deleted regular file").contains("it was deleted")
                .contains("load plugin ghost-files");
    }

    @Test
    void aFileWhoseNameWasTakenByAnotherIsRefused(Sandbox sandbox) throws Exception {
        List<String> problems = problems(sandbox, cycle(sandbox),
                "os.open('taken', os.O_RDWR | os.O_CREAT); open('new', 'w').close(); os.rename('new', 'taken')");
        assertThat(problems).singleElement().asString().contains("/taken does not lead to it").contains("ghost-files");
    }

    @Test
    void aFileOnAMountThatWasUnmountedLazilyIsRefused(Sandbox sandbox) throws Exception {
        sandbox.mountTmpfs("mount", "size=64k");
        List<String> problems = problems(sandbox, cycle(sandbox), """
                os.open('mount/file', os.O_RDWR | os.O_CREAT)
                import ctypes; assert ctypes.CDLL(None).umount2(b'mount', 2) == 0""");
        assertThat(problems).singleElement().asString().contains("its path no longer leads").contains("detached-mounts");
        Command.run("mount", "-t", "tmpfs", "none", sandbox.path("mount").toString());
    }

    @Test
    void aFileUnderneathAnotherMountIsRefused(Sandbox sandbox) throws Exception {
        Files.createDirectory(sandbox.path("under"));
        try (Program program = Holding.start(sandbox, "os.open('under/file', os.O_RDWR | os.O_CREAT)")) {
            Command.run("mount", "-t", "tmpfs", "none", sandbox.path("under").toString());
            try (Chain chain = Holding.chain(program)) {
                assertThat(cycle(sandbox).problems(chain)).singleElement().asString().contains("covered by another mount");
            } finally {
                Command.run("umount", sandbox.path("under").toString());
            }
        }
    }

    @Test
    void aMemfdIsNamedAsSuchWhenItsPluginIsMissing(Sandbox sandbox) throws Exception {
        FilesCycle cycle = sandbox.own(new FilesCycle(sandbox.directory(), new RegularFilesPlugin()));
        assertThat(problems(sandbox, cycle, "os.memfd_create('cache')")).singleElement().asString()
                .contains("(memfd /memfd:cache").contains("load plugin memfds");
    }

    @Test
    void aLockIsRefusedByNameWhenItsPluginIsMissing(Sandbox sandbox) throws Exception {
        assertThat(problems(sandbox, cycle(sandbox), "import fcntl; fcntl.flock(os.open('data', os.O_RDWR | os.O_CREAT), 2)"))
                .singleElement().asString().contains("fd 3 of task").contains("/data): there is a lock or a lease on it")
                .contains("load plugin file-locks");
    }

    @Test
    void twoPluginsThatWantTheSameFileAreBothNamed(Sandbox sandbox) throws Exception {
        FilesCycle cycle = sandbox.own(new FilesCycle(sandbox.directory(), new RegularFilesPlugin(), new GreedyPlugin()));
        assertThat(problems(sandbox, cycle, "os.open('data', os.O_RDWR | os.O_CREAT)")).singleElement().asString()
                .contains("/data").contains("plugins regular-files and greedy claim it with equal right");
    }

    @Test
    void anOwnerOutsideTheTreeIsRefused(Sandbox sandbox) throws Exception {
        List<String> problems = problems(sandbox, cycle(sandbox),
                "import fcntl; os.open('data', os.O_RDWR | os.O_CREAT); fcntl.fcntl(3, fcntl.F_SETOWN, 1)");
        assertThat(problems).singleElement().asString().contains("go to process 1, which is not part of the tree");
    }
}
