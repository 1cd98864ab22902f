package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs in terminals go on in terminals. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TerminalSpec {
    private static final int SIGINT = 2;
    private static final int SIGUSR1 = 10;

    private static Terminal throughDeath(Stasis stasis, Sandbox sandbox, Terminal terminal) {
        return terminal.backAs(new TreeCycle(stasis, sandbox).throughDeath(terminal.program()));
    }

    private static Pid onlyChild(Program program) {
        return ProcFile.children(program.pid()).get(0);
    }

    private static TaskStat stat(Pid pid) {
        return TaskStat.parse(ProcFile.read(pid, "stat"));
    }

    private static boolean isInForeground(Pid leader) {
        return ProcFile.tryRead(leader, "stat").filter(stat -> TaskStat.parse(stat).foreground() == leader.number()).isPresent();
    }

    /** A file of a thousand numbered lines. */
    private static Path numbers(Sandbox sandbox) throws IOException {
        return Files.write(sandbox.path("numbers"), IntStream.rangeClosed(1, 1000).mapToObj(i -> "line " + i).toList());
    }

    @Test
    void aPagerPagesOn(Stasis stasis, Sandbox sandbox) throws IOException {
        Terminal terminal = Terminal.open(sandbox, "terminal", "less", numbers(sandbox).toString());
        terminal.await("line 23");
        Pid less = onlyChild(terminal.program());
        TaskStat before = stat(less);

        Terminal back = throughDeath(stasis, sandbox, terminal);

        assertThat(stat(less).terminal()).as("controlling terminal").isEqualTo(before.terminal()).isNotZero();
        assertThat(stat(less).foreground()).as("foreground group").isEqualTo(less.number());
        back.press(" ");
        back.await("line 46");
        back.press("\f");
        back.await("line 24", back.screen().lastIndexOf("line 46"));
        back.press("q");
        assertThat(back.awaitEnd()).isZero();
    }

    @Test
    void aShellKeepsItsJobsAndWhatWasTypedAhead(Stasis stasis, Sandbox sandbox) {
        Terminal terminal = Terminal.open(sandbox, "terminal", "bash", "--norc", "-i");
        terminal.await("$ ");
        terminal.press("sleep 1000 &\nsleep 2000\n");
        Await.until("it runs both jobs", () -> ProcFile.children(onlyChild(terminal.program())).size() == 2);
        Pid shell = onlyChild(terminal.program());
        Await.until("one is in the foreground", () -> stat(shell).foreground() != stat(shell).group());
        int foreground = stat(shell).foreground();
        terminal.press("echo done $((6 * 7))\nech"); // to be read by the shell when the second job is over
        terminal.await("ech");

        Terminal back = throughDeath(stasis, sandbox, terminal);

        assertThat(stat(shell).foreground()).isEqualTo(foreground);
        back.press("o unfinished\n");
        ProcessCalls.kill(new Pid(foreground), SIGINT);
        back.await("done 42");
        back.await("unfinished", back.screen().lastIndexOf("done 42"));
        back.press("echo after $((40 + 2)); jobs; kill %1; wait; exit 3\n");
        back.await("after 42");
        back.await("Running");
        assertThat(back.awaitEnd()).isEqualTo(3);
    }

    @Test
    void ptysInAllStates(Stasis stasis, Sandbox sandbox) throws IOException {
        String script = Programs.source("ptys.py").toString();
        Path output = sandbox.path("output");
        Program undisturbed = sandbox.start(Programs.python(), script, "now");
        undisturbed.awaitEnd();
        String expected = Files.readString(output);
        Files.delete(output);
        Program program = sandbox.start(Programs.python(), script);
        Await.until("its ptys are ready", () -> FileContents.text(output).contains("ready"));
        Cycle cycle = new Cycle(stasis, sandbox);
        cycle.dumpAndLeave(program.pid(), "first"); // gives back what it takes out, for the next dump to find

        Program back = cycle.throughDeath(program);
        back.signal(SIGUSR1);

        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).as(FileContents.text(output)).isTrue());
        assertThat(Files.readString(output)).isEqualTo("ready\n" + expected);
    }

    @Test
    void anEditorMovesFromOneTerminalToAnother(Stasis stasis, Sandbox sandbox) throws IOException {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        Terminal one = Terminal.open(sandbox, "one", "bash", "--norc", "-i");
        one.press("vi -u NONE -N " + numbers(sandbox) + "\n");
        one.await("line 23");
        Pid editor = ProcFile.children(onlyChild(one.program())).get(0);
        one.press("10Gihello ");
        one.await("hello");

        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(editor, sandbox.path("image")), Progress.NONE))
                .isInstanceOf(StasisException.class).hasMessageContaining("its other end is outside of the tree: fd")
                .hasMessageContaining("of process " + one.program().pid()).hasMessageContaining("--shell-job (-j)");
        Map<String, List<String>> shellJob = Map.of("shell-job", List.of(""));
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(editor, image).withAllPluginOptions(shellJob), Progress.NONE);
        one.press("stty sane; exit\n");
        one.awaitEnd();
        assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE))
                .hasMessageContaining("restore with --shell-job (-j) from a terminal");

        Terminal other = Terminal.open(sandbox, "other", "bash", "--norc", "-i");
        String tool = ToolJvm.command(ToolProcess.temporary(sandbox).toString()).stream()
                .map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(other.path("restore"), tool + " dev.stasis.host.cli.Main restore -j -D '" + image + "' --plugins-dir '"
                + sandbox.path("plugins") + "'; echo ended with $?\n");
        other.press(". ./restore\n");
        other.await("hello line 10");
        Await.until("the editor is in the foreground", () -> stat(editor).foreground() == stat(editor).group());
        assertThat(stat(editor).session()).isEqualTo(onlyChild(other.program()).number());
        other.press("\u001b:w! " + other.path("written") + "\r");
        Await.until("it has written its text", () -> Files.exists(other.path("written"))
                && FileContents.text(other.path("written")).endsWith("line 1000\n"));
        other.press(":q!\r");
        other.await("ended with 0");
        other.press("exit\n");
        assertThat(other.awaitEnd()).isZero();
        assertThat(Files.readAllLines(other.path("written")).get(9)).isEqualTo("hello line 10");
    }

    @Test
    void anEditorIsSuspendedWithTheToolThatBroughtItBackAndGoesOnWithIt(Stasis stasis, Sandbox sandbox) throws IOException {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        Terminal one = Terminal.open(sandbox, "one", "bash", "--norc", "-i");
        one.press("vi -u NONE -N " + numbers(sandbox) + "\n");
        one.await("line 23");
        Pid editor = ProcFile.children(onlyChild(one.program())).get(0);
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(editor, image).withAllPluginOptions(Map.of("shell-job", List.of(""))), Progress.NONE);
        one.press("stty sane; exit\n");
        one.awaitEnd();
        Terminal other = Terminal.open(sandbox, "other", "bash", "--norc", "-i");
        String tool = ToolJvm.command(ToolProcess.temporary(sandbox).toString()).stream()
                .map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(other.path("restore"), "exec " + tool + " dev.stasis.host.cli.Main restore -j -D '" + image + "' --plugins-dir '"
                + sandbox.path("plugins") + "'\n");
        other.press("sh ./restore\n");
        other.await("line 10");
        Await.until("the editor is in the foreground", () -> stat(editor).foreground() == stat(editor).group());

        other.press("\u001a");
        other.await("Stopped");
        other.press("echo shell $((40 + 2))\n");
        other.await("shell 42");
        assertThat(stat(editor).foreground()).isEqualTo(onlyChild(other.program()).number());
        other.press("fg\n");
        Await.until("the editor is in the foreground again", () -> stat(editor).foreground() == stat(editor).group());
        other.press(":w! " + other.path("written") + "\r");
        Await.until("it has written its text", () -> Files.exists(other.path("written"))
                && FileContents.text(other.path("written")).endsWith("line 1000\n"));
        other.press(":q!\r");
        Pid shell = onlyChild(other.program());
        Await.until("the shell is in the foreground", () -> stat(shell).foreground() == shell.number());
        other.press("echo ended with $?\n");
        other.await("ended with 0");
        other.press("exit\n");
        assertThat(other.awaitEnd()).isZero();
    }

    @Test
    void aJobOfTheBackgroundComesToTheForegroundWithTheToolThatBringsItBack(Stasis stasis, Sandbox sandbox) throws IOException {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        Terminal one = Terminal.open(sandbox, "one", "bash", "--norc", "-i");
        one.await("$ ");
        one.press("sleep 1000 &\n");
        Await.until("it runs its job", () -> !ProcFile.children(onlyChild(one.program())).isEmpty());
        Pid job = ProcFile.children(onlyChild(one.program())).get(0);
        Await.until("the job is in the background", () -> stat(job).name().equals("sleep") && stat(job).foreground() != job.number());
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(job, image).withAllPluginOptions(Map.of("shell-job", List.of(""))), Progress.NONE);
        one.press("exit\n");
        one.awaitEnd();
        Terminal other = Terminal.open(sandbox, "other", "bash", "--norc", "-i");
        String tool = ToolJvm.command(ToolProcess.temporary(sandbox).toString()).stream()
                .map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        String restore = tool + " dev.stasis.host.cli.Main restore -j -D '" + image + "' --plugins-dir '" + sandbox.path("plugins")
                + "'\necho ended with $?\n";
        Files.writeString(other.path("restore"), restore);
        Files.writeString(other.path("restore-and-read"), restore + "read line\necho got $line\n");
        other.await("$ ");
        Pid shell = onlyChild(other.program());

        other.press("sh ./restore &\n");
        Await.until("the job is back", () -> ProcessStates.of(job) == 'S' && stat(job).name().equals("sleep"));
        assertThat(stat(job).foreground()).as("the shell is left its foreground").isEqualTo(shell.number());
        ProcessCalls.kill(job, SIGINT);
        other.await("ended with 130");

        other.press("sh ./restore-and-read\n");
        Await.until("the job is in the foreground", () -> isInForeground(job));
        other.press("\u001a");
        other.await("Stopped");
        Await.until("the shell is in the foreground", () -> stat(job).foreground() == shell.number());
        assertThat(ProcessStates.of(job)).isEqualTo('T');
        other.press("fg\n");
        Await.until("it goes on in the foreground", () -> ProcessStates.of(job) == 'S' && isInForeground(job));
        int shown = other.screen().length();
        other.press("\u0003");
        other.await("ended with 130", shown);
        other.press("typed\n");
        other.await("got typed", shown);
        other.press("exit\n");
        assertThat(other.awaitEnd()).isZero();
    }

    @Test
    void aTerminalThatSomebodyOutsideHoldsTooIsRefusedByName(Stasis stasis, Sandbox sandbox) {
        Terminal terminal = Terminal.open(sandbox, "terminal", "bash", "--norc", "-i");
        terminal.await("$ ");
        Pid shell = onlyChild(terminal.program());
        Path slave = Path.of("/dev/pts/" + (stat(shell).terminal() & 0xff));
        Program holder = sandbox.own(Program.start(sandbox.directory(), slave, List.of("sleep", "1000")));

        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(terminal.program().pid(), sandbox.path("image")), Progress.NONE))
                .hasMessageContaining("is held outside of the tree: fd 1 of process " + holder.pid() + " (sleep)");
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(shell, sandbox.path("image"))
                .withAllPluginOptions(Map.of("shell-job", List.of(""))), Progress.NONE))
                .hasMessageContaining("it is the controlling terminal of session " + shell + ", which the tree leads");
        holder.close();
        terminal.press("exit\n");
        assertThat(terminal.awaitEnd()).isZero();
    }
}
