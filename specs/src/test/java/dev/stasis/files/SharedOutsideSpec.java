package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.model.Chain;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.epoll.EpollPlugin;
import dev.stasis.plugins.eventfds.EventfdsPlugin;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.inotify.InotifyPlugin;
import dev.stasis.plugins.memfds.MemfdsPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.plugins.signalfds.SignalfdsPlugin;
import dev.stasis.plugins.timerfds.TimerfdsPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tree shares the position of an open file with a process outside of it, as shells and what they start often do. */
@ExtendWith(SandboxExtension.class)
class SharedOutsideSpec {
    /** The child is of no tree that is looked at here: only the program itself is. */
    private static final String FORK = """

            child = os.fork()
            if child == 0:
                import ctypes
                ctypes.CDLL(None).prctl(1, 9); os.closerange(0, 3); time.sleep(600)
            open('child', 'w').write(str(child))""";

    private static FilesCycle cycle(Sandbox sandbox) throws Exception {
        return sandbox.own(new FilesCycle(Files.createDirectories(sandbox.path("image")), new RegularFilesPlugin(),
                new MemfdsPlugin(), new GhostFilesPlugin(), new EventfdsPlugin(), new TimerfdsPlugin(),
                new SignalfdsPlugin(), new EpollPlugin(), new InotifyPlugin()));
    }

    private static List<Problem> problems(FilesCycle cycle, Sandbox sandbox, String setUp) throws Exception {
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            child(sandbox);
            return cycle.problems(chain);
        }
    }

    /** The sandbox ends it when its parent has ended. */
    private static Program child(Sandbox sandbox) throws Exception {
        return sandbox.own(Program.attach(new Pid(Integer.parseInt(Files.readString(sandbox.path("child"))))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "os.open('log', os.O_RDWR | os.O_CREAT); could write over each other",
        "os.open('/usr/bin/python3', os.O_RDONLY); a position of its own",
        "os.open('gone', os.O_RDWR | os.O_CREAT | os.O_APPEND) and os.unlink('gone'); not have the same file",
        "os.memfd_create('memory'); not have the same memory",
        "os.eventfd(0); not hear of each other",
        "e = __import__('select').epoll(); would be none of the other's",
        "__import__('ctypes').CDLL(None).timerfd_create(1, 0); not have the same timer",
        "__import__('ctypes').CDLL(None).inotify_init1(0); each would read all events",
    })
    void whatWouldBeTornApartIsRefusedAndNamesWhoHasItToo(String open, String reason, Sandbox sandbox) throws Exception {
        List<Problem> problems = problems(cycle(sandbox), sandbox, open + FORK);
        String child = Files.readString(sandbox.path("child"));
        assertThat(problems).singleElement().asString().contains("fd 3 of task").contains(reason)
                .contains("process " + child + " (python3) has as fd 3 the same open file, outside the tree")
                .contains("--take-shared-files");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "os.open('log', os.O_RDWR | os.O_CREAT | os.O_APPEND)",
        "os.open('.', os.O_RDONLY)",
        "os.open('.', os.O_PATH)",
        "os.open('/usr/bin/python3', os.O_PATH)",
        "os.open('/dev/urandom', os.O_RDWR)",
        "__import__('ctypes').CDLL(None).signalfd(-1, bytes(128), 0)",
    })
    void whatHasNoPositionThatMattersMayBeShared(String open, Sandbox sandbox) throws Exception {
        assertThat(problems(cycle(sandbox), sandbox, open + FORK)).isEmpty();
    }

    @Test
    void twoOpensOfOneFileAreNotShared(Sandbox sandbox) throws Exception {
        assertThat(problems(cycle(sandbox), sandbox, FORK + """

                os.open('log', os.O_RDWR | os.O_CREAT)""")).isEmpty();
    }

    /** All eventfds have one name: what is the same file is found among those that are not, whichever way the look is made. */
    @Test
    void theOneThatIsSharedIsFoundAmongManyOfOneName(Sandbox sandbox) throws Exception {
        String setUp = "many = [os.eventfd(0) for i in range(100)]" + FORK.replace("os.closerange(0, 3)",
                "os.closerange(0, 3); [os.close(f) for f in many[:70] + many[71:]]; [os.eventfd(0) for i in range(100)]");
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            Program child = child(sandbox);
            String shared = "fd 73 of task " + program.pid() + " (anon_inode:[eventfd]): process " + child.pid()
                    + " (python3) has as fd 73 the same open file, outside the tree: after a restore";
            Await.until("it has its own", () -> ProcFile.descriptors(child.pid()).size() == 101);
            assertThat(cycle(sandbox).problems(chain)).singleElement().asString().startsWith(shared);
            OutsideSearch search = OutsideSearch.ahead(List.of(program.pid()));
            assertThat(cycle(sandbox).problems(chain, search)).singleElement().asString().startsWith(shared);
        }
    }

    @Test
    void allAreToldAtOnceAndOneOptionTakesThem(Sandbox sandbox) throws Exception {
        String setUp = "os.memfd_create('memory'); os.eventfd(0); os.open('x', os.O_RDWR | os.O_CREAT)" + FORK;
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            child(sandbox);
            assertThat(cycle(sandbox).problems(chain)).hasSize(3);
            assertThat(cycle(sandbox).with("take-shared-files").problems(chain)).isEmpty();
        }
    }

    /** The look before the freeze sees nobody; the process comes into being between that look and the freeze. */
    @Test
    void whoComesIntoBeingAfterTheLookIsFoundToo(Sandbox sandbox) throws Exception {
        try (Program program = Holding.start(sandbox, """
                os.open('log', os.O_RDWR | os.O_CREAT)
                import threading
                def later():
                    while not os.path.exists('go'): time.sleep(.005)
                %s
                threading.Thread(target=later).start()""".formatted(FORK.replace("\n", "\n    ")))) {
            OutsideSearch search = OutsideSearch.ahead(List.of(program.pid()));
            try (Chain chain = Holding.chain(program)) {
                assertThat(cycle(sandbox).problems(chain, search)).isEmpty();
            }
            Files.createFile(sandbox.path("go"));
            Await.until("there is a child", () -> sandbox.path("child").toFile().length() > 0);
            try (Chain chain = Holding.chain(program)) {
                Program child = child(sandbox);
                assertThat(cycle(sandbox).problems(chain, search)).singleElement().asString()
                        .contains("process " + child.pid());
            }
        }
    }

    /** It was of the tree when that was looked at, and is not any more when the tree stands still. */
    @Test
    void whoLeavesTheTreeAfterTheLookIsFoundToo(Sandbox sandbox) throws Exception {
        try (Program program = Holding.start(sandbox, "os.open('log', os.O_RDWR | os.O_CREAT)" + FORK);
                Chain chain = Holding.chain(program)) {
            Program child = child(sandbox);
            OutsideSearch search = OutsideSearch.ahead(List.of(program.pid(), child.pid()));
            assertThat(cycle(sandbox).problems(chain, search)).singleElement().asString().contains("process " + child.pid());
        }
    }
}
