package dev.stasis.pipes;

import static dev.stasis.pipes.Handing.inherit;
import static dev.stasis.pipes.Handing.mapping;
import static dev.stasis.pipes.PuppetPipe.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is wrong with --inherit-fd is said before any process exists, all of it at once, with what would be right. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class InheritFdRefusalSpec {
    private Stasis stasis;
    private Sandbox sandbox;
    private Path image;
    private int pid;
    private PuppetPipe pipe;
    private String pipeLink;
    private int log;

    @BeforeEach
    void anImageOfAPuppetWithAPipeAndALog(Stasis stasis, Sandbox sandbox) throws Exception {
        this.stasis = stasis;
        this.sandbox = sandbox;
        Puppet puppet = sandbox.puppet();
        pid = puppet.pid().number();
        pipe = PuppetPipe.make(puppet, NONE);
        log = puppet.open(sandbox.path("app.log"), OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND), 0600).number();
        pipeLink = Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + pipe.read())).toString();
        puppet.letGo();
        image = PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
    }

    private List<String> refused(String... mappings) {
        List<String> texts = PipeCycle.refusedRestore(stasis, image, inherit(mappings)).stream().map(Object::toString).toList();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        return texts;
    }

    private Fd file(String name) {
        return sandbox.own(Handing.open(sandbox.path(name), OpenFlags.RDWR.with(OpenFlags.CREAT)));
    }

    private PipeCalls.Ends ends() {
        PipeCalls.Ends ends = sandbox.own(PipeCalls.create(NONE));
        Handing.handed(ends.read());
        Handing.handed(ends.write());
        return ends;
    }

    private String end(int fd) {
        return "fd " + fd + " of task " + pid + " (" + pipeLink + ")";
    }

    @Test
    void anUnknownInode() {
        String mapping = mapping(file("new"), "pipe:[7]");
        assertThat(refused(mapping)).containsExactly("--inherit-fd " + mapping + ": no open file of the image answers to it (the"
                + " image has " + pipeLink + " held by fd " + pipe.read() + " of task " + pid + ", " + pipeLink + " held by fd "
                + pipe.write() + " of task " + pid + ")");
    }

    @Test
    void anUnknownPathWithANearMatch() {
        String mapping = mapping(file("new"), "/elsewhere/app.log");
        assertThat(refused(mapping)).containsExactly("--inherit-fd " + mapping + ": no open file of the image answers to it (the"
                + " image has " + sandbox.path("app.log") + " held by fd " + log + " of task " + pid + ")");
    }

    @Test
    void anUnknownDescriptorAndAnUnknownNumber() {
        Fd file = file("new");
        assertThat(refused(mapping(file, pid + ".99"))).singleElement().asString()
                .contains("no open file of the image answers to it (the image has ").contains("/dev/null held by fd 0 of task " + pid);
        assertThat(refused(mapping(file, "id[0xfff]"))).singleElement().asString().contains("the image has id[0x").contains("] (" + pipeLink + ") held by fd ");
        assertThat(refused(mapping(file, "socket:[5]"))).containsExactly("--inherit-fd " + mapping(file, "socket:[5]")
                + ": no open file of the image answers to it (the image has nothing like it; stasis inspect shows what it has)");
    }

    @Test
    void twoMappingsForOneFile() {
        Fd file = file("new");
        String path = mapping(file, sandbox.path("app.log").toString());
        String number = mapping(file, pid + "." + log);
        assertThat(refused(path, number)).containsExactly("--inherit-fd " + number + ": fd " + log + " of task " + pid + " ("
                + sandbox.path("app.log") + ") is already replaced by --inherit-fd " + path + " (give one of them only)");
    }

    @Test
    void aDescriptorThatWasNotGiven() {
        assertThat(refused("fd[987]:" + pid + "." + log)).containsExactly("--inherit-fd fd[987]:" + pid + "." + log
                + ": this process was not given a descriptor 987 (open it for the command, as in: stasis restore ... 987<FILE)");
    }

    @Test
    void aDescriptorThatJavaOpenedItself() {
        try (Fd own = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDWR, 0)) {
            assertThat(refused(mapping(own, pid + "." + log))).singleElement().asString()
                    .contains("this process was not given a descriptor " + own.number());
        }
    }

    @Test
    void anotherKindOfFile() {
        Fd file = file("new");
        PipeCalls.Ends ends = ends();
        assertThat(refused(mapping(file, pid + "." + pipe.read()))).containsExactly("--inherit-fd "
                + mapping(file, pid + "." + pipe.read()) + ": " + file + " is a regular file, and " + end(pipe.read())
                + " was a pipe (give a pipe, or use --inherit-fd-force if you know better)");
        assertThat(refused(mapping(ends.write(), pid + "." + log))).singleElement().asString()
                .contains(" is a pipe, and fd " + log + " of task " + pid).contains("was a regular file (give a regular file");
        Fd directory = sandbox.own(Handing.open(sandbox.directory(), OpenFlags.RDONLY));
        assertThat(refused(mapping(directory, pid + "." + log))).singleElement().asString().contains(" is a directory, and fd");
    }

    @Test
    void theWrongEndOfAPipe() {
        PipeCalls.Ends ends = ends();
        String mapping = mapping(ends.read(), pid + "." + pipe.write());
        assertThat(refused(mapping)).containsExactly("--inherit-fd " + mapping + ": " + ends.read() + " is a read end, and "
                + end(pipe.write()) + " was a write end (give a write end, or use --inherit-fd-force if you know better)");
    }

    @Test
    void oneEndForBoth() {
        PipeCalls.Ends ends = ends();
        String mapping = mapping(ends.read(), pipeLink);
        assertThat(refused(mapping)).containsExactly("--inherit-fd " + mapping + ": both ends of " + pipeLink
                + " are in the image, and " + ends.read() + " can only stand for one (name each end by PID.FD, or use"
                + " --inherit-fd-force if you know better)");
    }

    @Test
    void aFileThatDoesNotAllowWriting() {
        file("new").close();
        Fd readable = sandbox.own(Handing.open(sandbox.path("new"), OpenFlags.RDONLY));
        String mapping = mapping(readable, pid + "." + log);
        assertThat(refused(mapping)).containsExactly("--inherit-fd " + mapping + ": " + readable + " is open for reading, and fd "
                + log + " of task " + pid + " (" + sandbox.path("app.log") + ") for writing (open it for writing, or use"
                + " --inherit-fd-force if you know better)");
    }

    @Test
    void whatIsNoMapping() {
        assertThat(refused("3:pipe:[7]", "fd[]:x", "fd[3]:", "fd[0]:file[xyz:1]", "fd[0]:tty[12"))
                .contains("--inherit-fd 3:pipe:[7]: it should be fd[N]:KEY or fd[NAME]:KEY, such as fd[3]:pipe:[17]",
                        "--inherit-fd fd[]:x: it should be fd[N]:KEY or fd[NAME]:KEY, such as fd[3]:pipe:[17]",
                        "--inherit-fd fd[3]:: it should be fd[N]:KEY or fd[NAME]:KEY, such as fd[3]:pipe:[17]",
                        "--inherit-fd fd[0]:tty[12: the key tty[12 cannot be read: it should be two numbers in hexadecimal, such"
                                + " as file[1f:2a3]")
                .hasSize(5);
    }

    @Test
    void aNameThatNobodyGave() {
        assertThat(refused("fd[web]:pipe:[7]")).containsExactly("--inherit-fd fd[web]:pipe:[7]: LISTEN_FDNAMES, which would name"
                + " descriptors, is not set (give the number of a descriptor)");
    }

    @Test
    void allProblemsComeAtOnce() {
        Fd file = file("new");
        assertThat(refused("fd[987]:x", "nonsense", mapping(file, "pipe:[7]"), mapping(file, pid + "." + pipe.read()))).hasSize(4);
    }

    @Test
    void forceMakesThemWarnings(RecordingLog lines) {
        Fd file = file("new");
        PipeCycle.restore(stasis, sandbox, image, Map.of("inherit-fd", List.of(mapping(file, pid + "." + pipe.read())),
                "inherit-fd-force", List.of("")));
        assertThat(lines.lines()).anySatisfy(line -> assertThat(line).startsWith("warn").contains("(forced)"));
        assertThat(Path.of("/proc/" + pid + "/fd/" + pipe.read()).toFile()).satisfies(
                link -> assertThat(Files.readSymbolicLink(link.toPath())).isEqualTo(sandbox.path("new")));
    }

    @Test
    void differencesOfStatusFlagsAreReported(RecordingLog lines) {
        Fd file = file("new");
        PipeCycle.restore(stasis, sandbox, image, inherit(mapping(file, pid + "." + log)));
        assertThat(lines.lines()).anySatisfy(line -> assertThat(line).startsWith("warn").contains("fd " + log + " of task " + pid
                + " (" + sandbox.path("app.log") + ") was with O_APPEND, " + file + " is without"));
    }
}
