package dev.stasis.pipes;

import static dev.stasis.pipes.Handing.inherit;
import static dev.stasis.pipes.Handing.mapping;
import static dev.stasis.pipes.PuppetPipe.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SpawnRequest;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real programs whose files lead elsewhere after a restore. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class InheritFdSpec {

    /** {@code command} with these standard files, which it alone holds then; its errors go to the output. */
    private static Program start(Sandbox sandbox, Fd input, Fd output, String... command) {
        return sandbox.own(Program.attach(new SpawnRequest(UnixPath.of(Program.find(command[0]).toString()), List.of(command),
                List.of("PATH=" + System.getenv("PATH")), UnixPath.of(sandbox.directory().toString()), input, output).spawn()));
    }

    private static Fd open(Path path, OpenFlags flags) {
        return FileCalls.open(UnixPath.of(path.toString()), flags.with(OpenFlags.CREAT), 0600);
    }

    private static void write(Fd pipe, String text) {
        FileCalls.write(pipe, text.getBytes());
    }

    private static String link(Pid pid, int fd) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd)).toString();
    }

    private static String link(Fd fd) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.number())).toString();
    }

    private static void awaitContent(Path file, String content) {
        Await.until(file + " says " + content, () -> {
            try {
                return Files.readString(file).equals(content);
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void aCatReadsFromAnotherPipe(Stasis stasis, Sandbox sandbox) throws Exception {
        PipeCalls.Ends first = sandbox.own(PipeCalls.create(NONE));
        Program cat;
        try (Fd out = open(sandbox.path("out"), OpenFlags.WRONLY)) {
            cat = start(sandbox, first.read(), out, "cat");
        }
        write(first.write(), "before ");
        awaitContent(sandbox.path("out"), "before ");
        String key = link(first.read());
        // The read end is closed here, as a shell would; the write end is what holds the pipe outside the tree.
        first.read().close();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, cat, Map.of("external", List.of(key)));

        PipeCalls.Ends second = sandbox.own(PipeCalls.create(NONE));
        PipeCycle.restore(stasis, sandbox, image, inherit(mapping(Handing.handed(second.read()), key)));
        write(second.write(), "after");
        awaitContent(sandbox.path("out"), "before after");
    }

    @Test
    void aDaemonWritesToANewLog(Stasis stasis, Sandbox sandbox) throws Exception {
        Path log = sandbox.path("app.log");
        Program daemon = sandbox.start("bash", "-c", "exec 3>>" + log + "; n=0; while [ ! -e stop ]; do echo $n >&3; n=$((n+1)); sleep 0.01; done");
        Await.until("it logs", () -> log.toFile().length() > 10);
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, daemon, Map.of());
        sandbox.awaitOrphans(left -> { });
        String before = Files.readString(log);

        Fd fresh = sandbox.own(Handing.open(sandbox.path("new.log"), OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND)));
        Program back = PipeCycle.restore(stasis, sandbox, image, inherit(mapping(fresh, log.toString().substring(1))));
        Await.until("it logs to the new one", () -> sandbox.path("new.log").toFile().length() > 10);
        assertThat(log).hasContent(before);
        long next = before.lines().count();
        assertThat(Files.readString(sandbox.path("new.log"))).startsWith(next + "\n" + (next + 1) + "\n");
        stop(sandbox, back);
    }

    @Test
    void theOuterEndOfAPipelineLeadsElsewhere(Stasis stasis, Sandbox sandbox) throws Exception {
        PipeCalls.Ends out = sandbox.own(PipeCalls.create(NONE));
        Program pipeline;
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0)) {
            pipeline = start(sandbox, nothing, out.write(), "bash", "-c",
                    "(n=0; while [ ! -e stop ]; do echo $n; n=$((n+1)); sleep 0.01; done) | sed -u s/^/line/");
        }
        String key = link(out.write());
        out.write().close();
        NativeMemory memory = NativeMemory.allocate(100);
        PipeCalls.read(out.read(), memory, 5);
        assertThat(new String(memory.get(0, 5))).isEqualTo("line0");
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, pipeline, Map.of("external", List.of(key)));
        sandbox.awaitOrphans(left -> { });

        PipeCalls.Ends second = sandbox.own(PipeCalls.create(NONE));
        Program back = PipeCycle.restore(stasis, sandbox, image, inherit(mapping(Handing.handed(second.write()), key)));
        second.write().close();
        PipeCalls.read(second.read(), memory, 4);
        assertThat(new String(memory.get(0, 4))).isEqualTo("line");
        stop(sandbox, back);
    }

    /** Lets the loops of {@code program} come to their end. */
    private static void stop(Sandbox sandbox, Program program) throws Exception {
        Files.createFile(sandbox.path("stop"));
        program.awaitEnd();
        sandbox.awaitOrphans(left -> { });
    }

    @Test
    void aPipeThatLeadsOutIsRefusedWithTheOptionsThatHelp(Stasis stasis, Sandbox sandbox) throws Exception {
        PipeCalls.Ends out = sandbox.own(PipeCalls.create(NONE));
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0)) {
            // The reader is a process of its own: this one is where the tool runs, and its own copies do not count.
            start(sandbox, out.read(), nothing, "sleep", "1000");
            Program service = start(sandbox, nothing, out.write(), "sleep", "1000");
            int reader = readerOf(sandbox, link(out.read()));
            String key = link(out.write());
            out.close();
            List<Problem> problems = PipeCycle.refusedDump(stasis, sandbox, service.pid());
            assertThat(problems).singleElement().asString().isEqualTo("fd 1 of task " + service.pid() + " (pipe " + key
                    + ", held 2 times): fd 0 of process " + reader + " (sleep) holds its read end, outside the tree [plugin pipes]"
                    + " (dump with --external '" + key + "' and restore with --inherit-fd 'fd[1]:" + key + "' or --inherit-stdio)");
        }
    }

    private static int readerOf(Sandbox sandbox, String link) {
        return ProcessHandle.current().children().map(child -> (int) child.pid()).filter(pid -> {
            try {
                return link(new Pid(pid), 0).equals(link);
            } catch (Exception e) {
                return false;
            }
        }).findFirst().orElseThrow();
    }

    @Test
    void anAnnouncedPipeMustBeReplaced(Stasis stasis, Sandbox sandbox) throws Exception {
        PipeCalls.Ends out = sandbox.own(PipeCalls.create(NONE));
        Program service;
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0)) {
            service = start(sandbox, nothing, out.write(), "sleep", "1000");
        }
        String key = link(out.write());
        out.write().close();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, service, Map.of("external", List.of(key)));
        assertThat(PipeCycle.refusedRestore(stasis, image, Map.of())).singleElement().asString().isEqualTo("fd 1 of task "
                + service.pid() + " (" + key + "): its other end was outside the tree when it was dumped (restore with"
                + " --inherit-fd 'fd[1]:" + key + "' or --inherit-stdio)");
    }

    @Test
    void standardFilesAreThoseOfTheTool(Stasis stasis, Sandbox sandbox) throws Exception {
        PipeCalls.Ends out = sandbox.own(PipeCalls.create(NONE));
        Program service;
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0)) {
            service = start(sandbox, nothing, out.write(), "sleep", "1000");
        }
        String key = link(out.write());
        out.write().close();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, service, Map.of("external", List.of(key)));

        Program back = PipeCycle.restore(stasis, sandbox, image, Map.of("inherit-stdio", List.of("")));
        assertThat(link(back.pid(), 0)).isEqualTo("/dev/null");
        assertThat(link(back.pid(), 1)).isEqualTo(link(ProcessCalls.self(), 1)).isNotEqualTo(key);
        assertThat(link(back.pid(), 2)).as("it shared the open file of descriptor 1").isEqualTo(link(ProcessCalls.self(), 1));
    }

    @Test
    void aStructFileKeyReplacesOneOpenFileAndAllWhoShareIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        OpenFlags create = OpenFlags.WRONLY.with(OpenFlags.CREAT);
        int one = puppet.open(sandbox.path("log"), create, 0600).number();
        int twin = puppet.duplicate(PuppetPipe.fd(puppet, one)).number();
        int other = puppet.open(sandbox.path("log"), create, 0600).number();
        puppet.letGo();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
        Fd fresh = sandbox.own(Handing.open(sandbox.path("new"), create));

        Program back = PipeCycle.restore(stasis, sandbox, image, inherit(mapping(fresh, puppet.pid() + "." + twin)));
        assertThat(link(back.pid(), one)).isEqualTo(sandbox.path("new").toString());
        assertThat(link(back.pid(), twin)).isEqualTo(sandbox.path("new").toString());
        assertThat(link(back.pid(), other)).isEqualTo(sandbox.path("log").toString());
        Puppet again = sandbox.own(Puppet.attach(back.pid()));
        assertThat(PuppetPipe.same(again, one, twin)).isTrue();
    }

    @Test
    void anInodeKeyReplacesEveryOpenFileOfIt(Stasis stasis, Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        OpenFlags create = OpenFlags.WRONLY.with(OpenFlags.CREAT);
        int one = puppet.open(sandbox.path("log"), create, 0600).number();
        int other = puppet.open(sandbox.path("log"), create, 0600).number();
        var status = PipeCycle.status(puppet, one);
        puppet.letGo();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
        Fd fresh = sandbox.own(Handing.open(sandbox.path("new"), create));

        String key = "file[" + Long.toHexString(status.mountId()) + ":" + Long.toHexString(status.inode().number()) + "]";
        Program back = PipeCycle.restore(stasis, sandbox, image, inherit(mapping(fresh, key)));
        assertThat(link(back.pid(), one)).isEqualTo(sandbox.path("new").toString());
        assertThat(link(back.pid(), other)).isEqualTo(sandbox.path("new").toString());
    }
}
