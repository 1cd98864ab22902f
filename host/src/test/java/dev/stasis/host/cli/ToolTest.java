package dev.stasis.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void withoutACommandTheHelpIsShownAsAnError() {
        assertThat(run()).isEqualTo(2);
        assertThat(err()).contains("Usage: stasis COMMAND");
        assertThat(out()).isEmpty();
    }

    @Test
    void helpAndVersionAreAnswers() {
        assertThat(run("--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out()).contains("Usage: stasis COMMAND").contains("stasis 0.").doesNotContain("train");
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dump", "restore", "check", "inspect", "plugins", "demo"})
    void everyCommandHasHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out()).startsWith("Usage: stasis " + command).contains("--help");
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("\n  " + command + " ");
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        assertThat(run("freeze")).isEqualTo(2);
        assertThat(err()).isEqualTo("stasis: there is no command 'freeze'\nstasis: try 'stasis --help'\n");
    }

    @Test
    void aDumpNeedsAProcess() {
        assertThat(run("dump", "-D", "image")).isEqualTo(2);
        assertThat(err()).isEqualTo("stasis: Missing required option: '--tree=PID'\nstasis: try 'stasis dump --help'\n");
    }

    @Test
    void aProcessIsANumber() {
        assertThat(run("dump", "-t", "init")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: Invalid value for option '--tree': 'init' is not an int\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5"})
    void aProcessNumberIsPositive(String number) {
        assertThat(run("dump", "-t" + number)).isEqualTo(2);
        assertThat(err()).startsWith("stasis: a process number is greater than 0\n");
    }

    @Test
    void runningAndStoppedExcludeEachOther() {
        assertThat(run("dump", "-t", "1", "-R", "-s")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: -R and -s exclude each other\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v9", "-v0", "-vx", "-v-1"})
    void theVerbosityIsOneThatThereIs(String verbosity) {
        assertThat(run("dump", "-t", "1", verbosity)).isEqualTo(2);
        assertThat(err()).startsWith("stasis: -v takes a number from 1 to 4, not '" + verbosity.substring(2) + "'\n");
    }

    @Test
    void anEmptyNameIsNoDirectory() {
        assertThat(run("restore", "-D", "")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: -D needs a directory\n");
    }

    @Test
    void aLogNeverTakesTheNameOfAnImageFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("pstree.img"), "precious");
        for (String name : new String[] {"pstree.img", file.toString(), "../" + directory.getFileName() + "/pstree.img"}) {
            assertThat(run("restore", "-D", directory.toString(), "-o", name)).isEqualTo(2);
        }
        assertThat(err()).contains("the name of a log ends with .log");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aPidFileThatCannotBeWrittenIsRefusedBeforeAnythingIsRestored(@TempDir Path directory) {
        assertThat(run("restore", "-D", directory.toString(), "-d", "--pidfile", "missing/pid")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: " + directory + "/missing/pid: there is no directory for the pid file");
    }

    @Test
    void anOptionThatACommandWithoutPluginsDoesNotKnowIsWrongUsage() {
        assertThat(run("check", "--thoroughly")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: Unknown option: '--thoroughly'\n");
    }

    @Test
    void aMachineWithAllThatIsNeededLooksGood() {
        assertThat(run("check")).isZero();
        assertThat(out()).contains("pidfd_getfd").endsWith("Looks good.\n");
    }

    @Test
    void aLiveProcessIsInspectedWithoutStoppingIt() {
        assertThat(run("inspect", Long.toString(ProcessHandle.current().pid()))).isZero();
        assertThat(out()).startsWith("process " + ProcessHandle.current().pid() + " (java), ")
                .contains("held by root directory of task ");
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        assertThat(run("inspect", "99999999")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: process 99999999: there is none (");
    }

    @Test
    void aLogThatCannotBeWrittenIsToldBeforeAnythingIsDone(@TempDir Path directory) {
        assertThat(run("dump", "-t", "1", "-D", directory.toString(), "-o", "no/such/folder.log")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: " + directory.resolve("no/such/folder.log")
                + ": the log cannot be written: ENOENT (make its directory)\nstasis: dump not done, nothing was changed. ");
    }

    @Test
    void aPidFileThatIsThereAlreadyIsNotOverwritten(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("pid"), "1\n");

        assertThat(run("restore", "-D", directory.toString(), "--pidfile", "pid")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: " + directory.resolve("pid") + ": the pid file is there already (");
        assertThat(directory.resolve("pid")).hasContent("1\n");
    }

    private int run(String... arguments) {
        PrintStream answers = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Tool(new Console(answers, new PrintStream(err, true, StandardCharsets.UTF_8))).run(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
