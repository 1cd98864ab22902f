package dev.stasis.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.plugin.ThrowAwayPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stasis plugins}, with an installation, a machine and a user that are this test's own. */
class PluginsCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path own;
    private Path machine;
    private Path user;
    private Path extra;

    @TempDir
    private Path directory;

    @BeforeEach
    void places() throws IOException {
        own = Files.createDirectories(directory.resolve("home/plugins"));
        machine = Files.createDirectories(directory.resolve("machine"));
        user = Files.createDirectories(directory.resolve("config/plugins"));
        extra = Files.createDirectories(directory.resolve("extra"));
        System.setProperty("stasis.home", own.getParent().toString());
        System.setProperty("stasis.machine.plugins", machine.toString());
        System.setProperty("stasis.config", user.getParent().toString());
    }

    @AfterEach
    void noPlaces() {
        System.clearProperty("stasis.home");
        System.clearProperty("stasis.machine.plugins");
        System.clearProperty("stasis.config");
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        PrintStream answers = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Tool(new Console(answers, new PrintStream(err, true, StandardCharsets.UTF_8))).run(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void pluginsComeFromTheInstallationTheMachineTheUserAndTheCommandLine() throws IOException {
        ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        ThrowAwayPlugins.plain(machine, "machine.jar", "machine");
        ThrowAwayPlugins.plain(user, "user.jar", "user");
        ThrowAwayPlugins.bundle(extra, "extra.jar", "extra", "2.0.0");
        assertThat(run("plugins", "list", "--plugins-dir", extra.toString())).isZero();
        assertThat(out()).isEqualTo("own 1.0.0\n  --own-option=TEXT  Says something.\nmachine 1.2.3\nuser 1.2.3\nextra 2.0.0\n"
                + "  --extra-option=TEXT  Says something.\n");
        assertThat(run("plugins", "list", "--plugins", "user,extra", "--plugins-dir=" + extra)).isZero();
        assertThat(out()).isEqualTo("user 1.2.3\nextra 2.0.0\n  --extra-option=TEXT  Says something.\n");
        assertThat(run("plugins", "list", "--json", "--plugins", "own")).isZero();
        assertThat(out()).isEqualTo("{\"command\":\"plugins\",\"done\":true,\"plugins\":[{\"id\":\"own\",\"version\":\"1.0.0\","
                + "\"file\":\"" + own.resolve("own.jar") + "\",\"door\":\"bundle\",\"kinds\":[]}],\"unusable\":[]}\n");
    }

    @Test
    void aChosenPluginThatIsNotThereIsNamedWithThosePresent() throws IOException {
        ThrowAwayPlugins.plain(user, "user.jar", "user");
        assertThat(run("plugins", "list", "--plugins", "user,other")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin other: it is not installed (present: user 1.2.3)\n");
    }

    @Test
    void aDirectoryThatEverybodyMayWriteToIsNotUsed() throws IOException {
        ThrowAwayPlugins.plain(user, "user.jar", "user");
        Files.setPosixFilePermissions(user, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(run("plugins", "list")).isZero();
        assertThat(out()).isEmpty();
    }

    @Test
    void infoTellsAllAboutOne() throws IOException {
        Path jar = ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        assertThat(run("plugins", "info", "own")).isZero();
        assertThat(out()).isEqualTo("own 1.0.0\n  from " + jar + " (bundle)\n  --own-option=TEXT  Says something.\n");
        assertThat(run("plugins", "info", "other")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin other: it is not installed (present: own 1.0.0)\n");
        assertThat(run("plugins", "info")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: it is 'stasis plugins info ID'\n");
    }

    @Test
    void checkNamesWhatCannotBeUsedAndWhatTheMachineLacks() throws IOException {
        Path good = ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        assertThat(run("plugins", "check")).isZero();
        assertThat(out()).isEqualTo("ok own 1.0.0 " + good + "\nLooks good.\n");
        Path bad = ThrowAwayPlugins.incompatible(user, "future.jar", "future");
        ThrowAwayPlugins.lacking(user, "lacking.jar", "lacking");
        assertThat(run("plugins", "check")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: /dev/counter: there is no such device (load its module)\n"
                + "stasis: plugin future in " + bad + ": it needs package dev.stasis.spi in version [7.0,8), but here is [1.");
    }

    @Test
    void checkOfAFileLooksAtItAsIfItWereInstalled() throws IOException {
        ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        Path newer = ThrowAwayPlugins.bundle(extra, "new.jar", "own", "1.1.0");
        assertThat(run("plugins", "check", newer.toString())).isZero();
        assertThat(out()).isEqualTo("ok own 1.1.0 " + newer + "\nLooks good.\n");
        Path text = Files.writeString(extra.resolve("text.jar"), "text");
        assertThat(run("plugins", "check", text.toString())).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin text.jar in " + text + ": it is not a readable jar: ");
        assertThat(run("plugins", "check", extra.toString())).isEqualTo(1);
        assertThat(err()).startsWith("stasis: " + extra + ": it is named neither like a jar nor like a zip (");
    }

    @Test
    void installPutsAJarAmongTheUsersAndANewerVersionInItsPlace() throws IOException {
        Path one = ThrowAwayPlugins.bundle(extra, "it-1.jar", "it", "1.0.0");
        Path two = ThrowAwayPlugins.bundle(extra, "it-2.jar", "it", "1.10.0");
        assertThat(run("plugins", "install", one.toString())).isZero();
        assertThat(out()).isEqualTo("installed it 1.0.0 as " + user.resolve("it-1.jar") + "\n");
        assertThat(run("plugins", "install", two.toString())).isZero();
        assertThat(user).isDirectoryNotContaining("glob:**.part").isDirectoryContaining("glob:**/it-2.jar")
                .isDirectoryNotContaining("glob:**/it-1.jar");
        assertThat(run("plugins", "install", one.toString())).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin it: version 1.10.0 of it is installed, which is newer than 1.0.0"
                + " (stasis plugins remove it first)\n");
        assertThat(run("plugins", "list")).isZero();
        assertThat(out()).startsWith("it 1.10.0\n");
    }

    @Test
    void installRefusesWhatCannotBeUsedOrIsThereAlready() throws IOException {
        ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        Path twin = ThrowAwayPlugins.bundle(extra, "twin.jar", "own", "2.0.0");
        assertThat(run("plugins", "install", twin.toString())).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin own: version 1.0.0 of it is already in " + own.resolve("own.jar")
                + " (two of one id are of no use)\n");
        Path future = ThrowAwayPlugins.incompatible(extra, "future.jar", "future");
        assertThat(run("plugins", "install", future.toString())).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin future in " + future + ": it needs package dev.stasis.spi in version [7.0,8)");
        assertThat(user).isEmptyDirectory();
    }

    @Test
    void removeDeletesWhatTheUserInstalledAndNothingElse() throws IOException {
        Path ours = ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        ThrowAwayPlugins.plain(user, "mine.jar", "mine");
        Files.writeString(user.resolve("text.zip"), "text");
        assertThat(run("plugins", "remove", "mine")).isZero();
        assertThat(out()).isEqualTo("removed " + user.resolve("mine.jar") + "\n");
        assertThat(run("plugins", "remove", "text.zip")).isZero();
        assertThat(user).isEmptyDirectory();
        assertThat(run("plugins", "remove", "own")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin own: it is in " + ours + ", not among the plugins in " + user
                + " (stasis plugins disable own, or name its directory with --plugins-dir)\n");
        assertThat(ours).exists();
        assertThat(run("plugins", "remove", "nobody")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin nobody: it is not installed (present: own 1.0.0)\n");
    }

    @Test
    void aDisabledPluginIsNotUsedUntilItIsEnabled() throws IOException {
        Path ours = ThrowAwayPlugins.bundle(own, "own.jar", "own", "1.0.0");
        assertThat(run("plugins", "disable", "own")).isZero();
        assertThat(run("plugins", "list")).isZero();
        assertThat(out()).isEqualTo("own disabled\n");
        assertThat(run("plugins", "list", "--plugins", "own")).isEqualTo(1);
        assertThat(err()).startsWith("stasis: plugin own in " + ours + ": it is disabled (stasis plugins enable own)\n");
        assertThat(run("plugins", "disable", "nobody")).isEqualTo(1);
        assertThat(run("plugins", "enable", "own")).isZero();
        assertThat(run("plugins", "list")).isZero();
    }

    @Test
    void anUnknownActionIsWrongUsage() {
        assertThat(run("plugins", "polish")).isEqualTo(2);
        assertThat(err()).startsWith("stasis: there is no 'stasis plugins polish'\n");
    }
}
