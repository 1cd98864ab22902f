package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that watch files go on in their second life, or in the one that goes on, as if nothing had been. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class WatchingProgramsSpec {

    private static String output(Sandbox sandbox) {
        try {
            return Files.readString(sandbox.path("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitOutput(Sandbox sandbox, String end) {
        Await.until("the output ends with " + end, () -> output(sandbox).endsWith(end));
    }

    private static void awaitEntries(Sandbox sandbox, int count) {
        Await.until(count + " lines come out", () -> output(sandbox).lines().count() >= count);
    }

    /** Dumps {@code program}; what happens before it lives again is done by {@code meanwhile}. */
    private static Program cycle(
            Stasis stasis, Sandbox sandbox, Program program, Afterwards afterwards, Runnable meanwhile) {
        Path image = sandbox.path("image" + System.nanoTime());
        stasis.dump(DumpRequest.of(program.pid(), image).then(afterwards), Progress.NONE);
        meanwhile.run();
        if (afterwards != Afterwards.KILL) {
            return program;
        }
        program.awaitEnd();
        return sandbox.own(Program.attach(stasis.restore(
                RestoreRequest.of(image).withPluginOptions(Map.of("take-changed-files", "")), Progress.NONE).root()));
    }

    private static void say(Path log, String line) {
        try {
            Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rotate(Path log) {
        try {
            Files.move(log, log.resolveSibling("log.1"), StandardCopyOption.REPLACE_EXISTING);
            Files.createFile(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void tailFollowsALogThatIsRotatedBeforeDuringAndAfter(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        Path log = Files.createDirectory(sandbox.path("logs")).resolve("log");
        say(log, "one");
        Program tail = sandbox.start("tail", "-F", "-n", "+1", log.toString());
        awaitOutput(sandbox, "one\n");
        rotate(log);
        say(log, "two");
        awaitOutput(sandbox, "two\n");
        tail.signal(19);
        Await.until("it stands", () -> tail.state().equals(Optional.of('T')));
        say(log, "three");
        rotate(log);
        say(log, "four");
        tail.signal(18);
        Program back = cycle(stasis, sandbox, tail, afterwards, () -> {
            say(log, "five");
            if (afterwards != Afterwards.KILL) {
                rotate(log); // tail does not look again on an overflow, which is all that a restored one is told
            }
        });
        say(log, "six");
        awaitOutput(sandbox, "six\n");
        rotate(log);
        say(log, "seven");
        awaitOutput(sandbox, "seven\n");
        assertThat(output(sandbox).lines().filter(line -> !line.startsWith("tail:") && !line.startsWith("==>")
                && !line.isEmpty()).toList()).contains("one", "two", "six", "seven").doesNotHaveDuplicates();
        assertThat(back.isAlive()).isTrue();
    }

    /** So does one that was never dumped and whose queue overflows: what it is told is the same, and it does not look again. */
    @Test
    void tailFindsALogThatWasRotatedWhileItDidNotExistAtTheNextRotation(Stasis stasis, Sandbox sandbox) throws Exception {
        Path log = Files.createDirectory(sandbox.path("logs")).resolve("log");
        say(log, "one");
        Program tail = sandbox.start("tail", "-F", "-n", "+1", log.toString());
        awaitOutput(sandbox, "one\n");
        Program back = cycle(stasis, sandbox, tail, Afterwards.KILL, () -> rotate(log));
        // Stays: by its inode's number, which another file would get, tail knows whether it is the same.
        Files.move(log.resolveSibling("log.1"), log.resolveSibling("log.2"));
        rotate(log);
        say(log, "three");
        awaitOutput(sandbox, "three\n");
        assertThat(output(sandbox)).containsOnlyOnce("one\n").containsOnlyOnce("three\n");
        assertThat(back.isAlive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void inotifywaitPrintsWhatWaitedAndWhatComes(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        Path tree = Files.createDirectory(sandbox.path("tree"));
        Files.createDirectories(tree.resolve("a/b"));
        Program wait = sandbox.start("inotifywait", "-q", "-m", "-r", "--format", "%w%f %e", tree.toString());
        Await.until("it watches", () -> watches(wait.pid()) == 3);
        say(tree.resolve("a/before"), "x");
        awaitOutput(sandbox, "a/before CLOSE_WRITE,CLOSE\n");
        wait.signal(19);
        Await.until("it stands", () -> wait.state().equals(Optional.of('T')));
        say(tree.resolve("a/b/waiting"), "x");
        Files.delete(tree.resolve("a/before"));
        Program back = cycle(stasis, sandbox, wait, afterwards, () -> { });
        back.signal(18);
        awaitOutput(sandbox, "a/before DELETE\n");
        say(tree.resolve("a/b/after"), "x");
        awaitOutput(sandbox, "a/b/after CLOSE_WRITE,CLOSE\n");
        String directory = tree + "/";
        assertThat(output(sandbox).lines()).containsExactly(
                directory + "a/before CREATE", directory + "a/before OPEN", directory + "a/before MODIFY",
                directory + "a/before CLOSE_WRITE,CLOSE",
                directory + "a/b/waiting CREATE", directory + "a/b/waiting OPEN", directory + "a/b/waiting MODIFY",
                directory + "a/b/waiting CLOSE_WRITE,CLOSE", directory + "a/before DELETE",
                directory + "a/b/after CREATE", directory + "a/b/after OPEN", directory + "a/b/after MODIFY",
                directory + "a/b/after CLOSE_WRITE,CLOSE");
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void pythonReadsTheBytesThatWaited(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                fd = call(294, 0); watch = call(254, fd, b'%s', 0xfff)
                twin = call(294, 0); call(254, twin, b'%s', 0xfff)
                """.formatted(directory, directory));
        Files.writeString(directory.resolve("file"), "x");
        Files.delete(directory.resolve("file"));
        python.ask("expected = os.read(twin, pending(twin))");
        String pending = python.ask("answer = pending(fd)");
        if (afterwards == Afterwards.KILL) {
            python.throughDeath();
        } else {
            python.dump(afterwards);
        }
        assertThat(python.ask("answer = pending(fd)")).isEqualTo(pending);
        assertThat(python.ask("answer = os.read(fd, 65536) == expected and pending(fd) == 0")).isEqualTo("True");
        assertThat(python.ask("answer = call(254, fd, b'/', 1)")).isEqualTo("2");
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void aWatchedFifoDoesNotTellThatItsContentsWereKept(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                os.mkfifo('%s/fifo'); fifo = os.open('%s/fifo', os.O_RDWR); os.write(fifo, b'underway')
                fd = call(294, 0); call(254, fd, b'%s', 0xfff); call(254, fd, b'%s/fifo', 0xfff)
                """.formatted(directory, directory, directory, directory));
        if (afterwards == Afterwards.KILL) {
            python.throughDeath();
        } else {
            python.dump(afterwards);
        }
        assertThat(python.ask("answer = pending(fd)")).isEqualTo("0");
        assertThat(python.ask("answer = os.read(fifo, 100)")).isEqualTo("b'underway'");
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void aProgramThatChecksEachByteFindsNothingWrong(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Path source = Path.of(WatchingProgramsSpec.class.getResource("/programs/watch.c").toURI());
        Command.run("gcc", "-O2", "-o", sandbox.path("watch").toString(), source.toString());
        Program watch = sandbox.start(sandbox.path("watch").toString(), directory.toString());
        awaitOutput(sandbox, "ready\n");
        happen(directory, inner);
        watch.signal(10);
        awaitOutput(sandbox, "--\n");
        String first = output(sandbox).substring("ready\n".length());
        assertThat(first).contains("inner 80 a name of sixteen");
        happen(directory, inner);
        Program back = cycle(stasis, sandbox, watch, afterwards, () -> { });
        back.signal(10);
        Await.until("it reads", () -> output(sandbox).length() >= "ready\n".length() + 2 * first.length());
        assertThat(output(sandbox)).isEqualTo("ready\n" + first + first);
    }

    private static void happen(Path directory, Path inner) throws IOException {
        Path file = directory.resolve("exactly15chars_");
        Files.writeString(file, "x");
        Files.move(file, inner.resolve("a name of sixteen"));
        Files.readString(inner.resolve("a name of sixteen"));
        Files.move(inner.resolve("a name of sixteen"), directory.resolve("back"));
        Files.createDirectory(directory.resolve("new"));
        Files.move(directory.resolve("new"), directory.resolve("newer"));
        Files.delete(directory.resolve("newer"));
        Files.delete(directory.resolve("back"));
    }

    @Test
    void aShellPipelineThatReadsEventsGoesOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Program shell = sandbox.start("bash", "-c", "inotifywait -q -m -e create --format %f " + directory
                + " | while read -r name; do echo \"saw $name\"; done");
        Await.until("it watches", () -> ProcFile.children(shell.pid()).stream().anyMatch(child -> watches(child) == 1));
        Files.createFile(directory.resolve("first"));
        awaitOutput(sandbox, "saw first\n");
        Program back = cycle(stasis, sandbox, shell, Afterwards.KILL, () -> { });
        Files.createFile(directory.resolve("second"));
        awaitOutput(sandbox, "saw second\n");
        ProcFile.children(back.pid()).forEach(child -> ProcessCalls.kill(child, 9));
        back.awaitEnd();
        assertThat(output(sandbox)).startsWith("saw first\nsaw second\n");
    }

    private static int watches(Pid pid) {
        int watches = 0;
        for (int descriptor : ProcFile.descriptors(pid)) {
            watches += ProcFile.tryRead(pid, "fdinfo/" + descriptor).map(info -> InotifyMark.parse(info).size()).orElse(0);
        }
        return watches;
    }
}
