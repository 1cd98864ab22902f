package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A cold run compares no records by the methods that they get from the compiler: starting those up takes a JVM longer than
 * the work itself, part of it while the tree stands still. Records that are compared, or are keys, have theirs by hand.
 */
@ExtendWith(SandboxExtension.class)
class ColdStartSpec {
    /** What makes a record's methods when they are called for the first time, 5 to 20 ms for each. */
    private static final String SLOW = "java.lang.runtime.ObjectMethods";
    private static final int LOADED_BEFORE = 120;

    /** Something of each kind: files, a pipe and a FIFO with contents, ghosts, a memfd, a watch with an event, a lock. */
    private static final String PROGRAM = """
            import ctypes, fcntl, os, time
            read, write = os.pipe()
            os.write(write, b'x')
            os.mkfifo('fifo')
            fifo = os.open('fifo', os.O_RDWR)
            os.write(fifo, b'x')
            ghost = os.open('ghost', os.O_RDWR | os.O_CREAT)
            os.unlink('ghost')
            memory = os.memfd_create('memory')
            watches = ctypes.CDLL(None).inotify_init()
            ctypes.CDLL(None).inotify_add_watch(watches, b'.', 0xfff)
            locked = os.open('locked', os.O_RDWR | os.O_CREAT)
            fcntl.lockf(locked, fcntl.LOCK_EX)
            os.close(os.open('ready', os.O_CREAT))
            time.sleep(1000)
            """;

    @Test
    void aDumpAndARestoreOfAllKindsCompareNoRecordsByGeneratedMethods(Sandbox sandbox) throws Exception {
        Program program = sandbox.start(Programs.python(), "-c", PROGRAM);
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready")));
        Pid pid = program.pid();
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        String image = sandbox.path("image").toString();

        List<String> ofDump = classesOf(sandbox, "dump", "-t", pid.toString(), "-D", image, "--plugins-dir", plugins);
        program.awaitEnd();
        sandbox.awaitOrphans(left -> assertThat(left).isNull());
        List<String> ofRestore = classesOf(sandbox, "restore", "-D", image, "-d", "--plugins-dir", plugins);
        sandbox.own(Program.attach(pid));

        assertThat(ofDump.contains("dev.stasis.host.phase.Dump")).isTrue();
        assertThat(ofRestore.contains("dev.stasis.host.phase.Restore")).isTrue();
        assertThat(slow(ofDump)).isEmpty();
        assertThat(slow(ofRestore)).isEmpty();
    }

    /** The launcher makes its archive of the classes that this loads, and says nothing when it fails. */
    @Test
    void theTrainingForQuickStartsDumpsAndRestores(Sandbox sandbox) throws Exception {
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();

        List<String> classes = classesOf(sandbox, "train", "--plugins-dir", plugins);

        assertThat(classes.contains("dev.stasis.host.task.freeze.FrozenTree")).isTrue();
        assertThat(classes.contains("dev.stasis.host.task.rebirth.Resumption")).isTrue();
    }

    /** Our own classes that were loaded shortly before it, one of which is the culprit; none if it was not loaded. */
    private static List<String> slow(List<String> classes) {
        int at = classes.indexOf(SLOW);
        return at < 0 ? List.of() : classes.subList(Math.max(0, at - LOADED_BEFORE), at).stream()
                .filter(name -> name.startsWith("dev.stasis.")).toList();
    }

    /** The classes that the tool loads for {@code arguments}. */
    private static List<String> classesOf(Sandbox sandbox, String... arguments) throws IOException {
        Path log = sandbox.path("classes of " + arguments[0]);
        List<String> command = ToolJvm.command(ToolProcess.temporary(sandbox).toString());
        command.add("-Xlog:class+load:file=\"" + log + "\":none");
        command.add("dev.stasis.host.cli.Main");
        command.addAll(List.of(arguments));
        Program tool = sandbox.own(Program.start(sandbox.directory(), sandbox.path("tool"), command));
        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0))
                .as("%s: %s", end, FileContents.text(sandbox.path("tool"))).isTrue());
        List<String> classes = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            classes.add(line.substring(0, Math.max(0, line.indexOf(' '))));
        }
        return classes;
    }
}
