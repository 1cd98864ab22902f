package dev.stasis.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code stasis}: which Java it takes, when it builds, what it gives to Java. All Javas and Mavens are fakes. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../stasis").toAbsolutePath().normalize();
    private static final String MAIN = "dev.stasis.host.cli.Main";

    @TempDir
    private Path place;
    private Path home;
    private Path tools;
    private FakeJava java25;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        home = Files.createDirectories(place.resolve("a tree"));
        Files.copy(LAUNCHER, home.resolve("stasis"));
        Files.createDirectories(home.resolve("dist"));
        tools = Files.createDirectories(place.resolve("tools"));
        for (String tool : List.of("flock", "readlink", "mkdir", "mv", "rm", "sleep")) {
            FakeJava.script(tools.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
        }
        java25 = FakeJava.make(place.resolve("java25"), "25.0.1", 0, true);
    }

    private void install() throws IOException {
        Path installation = home.resolve("dist/target/stasis");
        for (String part : List.of("lib", "plugins", "native")) {
            Files.createDirectories(installation.resolve(part));
        }
        Files.writeString(installation.resolve("lib/one.jar"), "");
        Files.writeString(installation.resolve("lib/two.jar"), "");
        Files.writeString(installation.resolve("VERSION"), "1");
    }

    private record Run(int status, String out, String err) {}

    private Run stasis(Map<String, String> environment, String... arguments) throws Exception {
        return run(home.resolve("stasis").toString(), environment, arguments);
    }

    private Run run(String launcher, Map<String, String> environment, String... arguments) throws Exception {
        Path out = Files.createTempFile(place, "out", "");
        Path err = Files.createTempFile(place, "err", "");
        Process process = start(launcher, environment, out, err, arguments);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Process start(String launcher, Map<String, String> environment, Path out, Path err, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(place.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", place.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Map<String, String> with(FakeJava java) {
        return Map.of("STASIS_JAVA", java.home().toString());
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws Exception {
        install();
        Run run = stasis(with(java25), "dump", "-D", "a b", "", "*", "$HOME", "'\"");
        assertThat(run).isEqualTo(new Run(0, "", "stasis: preparing for quick starts (once for each Java) ...\n"));
        List<String> call = java25.lastCall();
        assertThat(call.subList(call.indexOf(MAIN) + 1, call.size())).containsExactly("dump", "-D", "a b", "", "*", "$HOME", "'\"");
    }

    @Test
    void theClassPathHasAllJarsInAnOrderThatIsAlwaysTheSame() throws Exception {
        install();
        stasis(with(java25), "check");
        Path lib = home.resolve("dist/target/stasis/lib");
        List<String> call = java25.lastCall();
        assertThat(call.get(call.indexOf("-cp") + 1)).isEqualTo(lib + "/one.jar:" + lib + "/two.jar");
    }

    @Test
    void theExitStatusIsThatOfTheTool() throws Exception {
        install();
        assertThat(stasis(with(FakeJava.make(place.resolve("j"), "17", 2, true)), "x").status()).isEqualTo(2);
    }

    @Test
    void itIsFoundThroughSymbolicLinksAndThePath() throws Exception {
        install();
        Files.createSymbolicLink(place.resolve("link"), Path.of("a tree/stasis"));
        Files.createSymbolicLink(tools.resolve("stasis"), Path.of("../link"));
        assertThat(run(tools.resolve("stasis").toString(), with(java25), "check").status()).isZero();
        assertThat(java25.lastCall()).contains("-Dstasis.home=" + tools.resolve("../a tree/dist/target/stasis"));
    }

    @Test
    void theJavaThatTheUserNamesIsTakenEvenIfThereIsANewerOne() throws Exception {
        install();
        FakeJava old = FakeJava.make(place.resolve("java17"), "17.0.15", 0, true);
        stasis(Map.of("STASIS_JAVA", old.home().resolve("bin/java").toString(), "JAVA_HOME", java25.home().toString()), "check");
        assertThat(old.calls()).isNotEmpty();
        assertThat(java25.calls()).isEmpty();
    }

    @Test
    void otherwiseTheNewestIsTaken() throws Exception {
        install();
        FakeJava newest = FakeJava.make(place.resolve("java99"), "99-ea", 0, true);
        FakeJava newer = FakeJava.make(place.resolve("java98"), "98.0.1", 0, true);
        stasis(Map.of("JAVA_HOME", newer.home().toString(), "PATH", newest.home().resolve("bin") + ":" + tools), "check");
        assertThat(newest.calls()).isNotEmpty();
        assertThat(newer.calls()).isEmpty();
    }

    @Test
    void aJavaThatIsTooOldIsRefused() throws Exception {
        install();
        FakeJava old = FakeJava.make(place.resolve("java11"), "11.0.2", 0, true);
        assertThat(stasis(with(old), "check"))
                .isEqualTo(new Run(1, "", "stasis: STASIS_JAVA (" + old.home() + ") is not a Java from version 17 on\n"));
    }

    @Test
    void theFirstUseBuildsOnceHoweverManyBegin() throws Exception {
        maven("echo built >> \"$PWD/builds\"; sleep 0.3; mkdir -p dist/target/stasis/lib; echo 1 > dist/target/stasis/VERSION");
        Path err = Files.createTempFile(place, "err", "");
        Process one = start(home.resolve("stasis").toString(), with(java25), place.resolve("out1"), err, "check");
        Process two = start(home.resolve("stasis").toString(), with(java25), place.resolve("out2"),
                Files.createTempFile(place, "err", ""), "check");
        assertThat(List.of(one.waitFor(), two.waitFor())).containsOnly(0);
        assertThat(home.resolve("builds")).hasContent("built");
    }

    @Test
    void theFirstUseSaysWhatTakesSoLong() throws Exception {
        maven("mkdir -p dist/target/stasis/lib; echo 1 > dist/target/stasis/VERSION; echo noise");
        Run run = stasis(with(java25), "check");
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("stasis: building (on first use, a minute or so) ...\nnoise\n");
    }

    @Test
    void aBuildThatFailsIsReportedWithTheCommandThatShowsWhy() throws Exception {
        maven("exit 1");
        Run run = stasis(with(java25), "check");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).endsWith("stasis: the build failed; run 'mvn -DskipTests package' in " + home + " to see why\n");
        assertThat(java25.calls()).isEmpty();
    }

    @Test
    void aMissingMavenIsNamedWithItsPackage() throws Exception {
        assertThat(stasis(with(java25), "check")).isEqualTo(
                new Run(1, "", "stasis: Maven, which builds Stasis on first use, is missing (Debian: maven)\n"));
    }

    @Test
    void aJavaWithoutCompilerCannotBuild() throws Exception {
        maven("exit 1");
        Files.delete(java25.home().resolve("bin/javac"));
        assertThat(stasis(with(java25), "check").err()).contains("is no JDK, which the build on first use needs");
    }

    @Test
    void theArchiveIsMadeOnceByATrainingRunAndThenUsed() throws Exception {
        install();
        stasis(with(java25), "check");
        stasis(with(java25), "check");
        Path archive = home.resolve("dist/target/stasis/cache/java25-25.0.1.archive");
        assertThat(java25.calls()).hasSize(3);
        assertThat(java25.calls().get(0)).endsWith(MAIN, "train").anyMatch(word -> word.startsWith("-XX:AOTCacheOutput="));
        assertThat(java25.calls().get(1)).endsWith(MAIN, "check").contains("-XX:AOTCache=" + archive);
        assertThat(java25.calls().get(2)).isEqualTo(java25.calls().get(1));
    }

    @Test
    void aJavaWithoutAotCachesGetsAClassDataArchive() throws Exception {
        install();
        FakeJava java17 = FakeJava.make(place.resolve("java17"), "17.0.15", 0, true);
        stasis(with(java17), "check");
        assertThat(java17.calls().get(0)).anyMatch(word -> word.startsWith("-XX:ArchiveClassesAtExit="));
        assertThat(java17.calls().get(1))
                .contains("-XX:SharedArchiveFile=" + home.resolve("dist/target/stasis/cache/java17-17.0.15.archive"));
    }

    @Test
    void anArchiveThatCannotBeMadeIsDoneWithoutAndNotTriedAgain() throws Exception {
        install();
        FakeJava java = FakeJava.make(place.resolve("java"), "25", 0, false);
        assertThat(stasis(with(java), "check").status()).isZero();
        assertThat(stasis(with(java), "check").status()).isZero();
        assertThat(java.calls()).hasSize(3);
        assertThat(java.lastCall()).noneMatch(word -> word.startsWith("-XX:AOTCache"));
    }

    @Test
    void anArchiveOlderThanAJarIsMadeAnew() throws Exception {
        install();
        stasis(with(java25), "check");
        Path archive = home.resolve("dist/target/stasis/cache/java25-25.0.1.archive");
        Files.setLastModifiedTime(archive, FileTime.fromMillis(0));
        stasis(with(java25), "check");
        assertThat(java25.calls()).hasSize(4);
        assertThat(java25.calls().get(2)).endsWith("train");
    }

    @Test
    void anArchiveOlderThanTheLauncherIsMadeAnewForItMayNotFitItsOptions() throws Exception {
        install();
        stasis(with(java25), "check");
        Files.setLastModifiedTime(home.resolve("stasis"), FileTime.from(Instant.now().plusSeconds(60)));
        stasis(with(java25), "check");
        assertThat(java25.calls()).hasSize(4);
        assertThat(java25.calls().get(2)).endsWith("train");
    }

    @Test
    void theCacheIsLearntWithACollectorThatCanWriteObjectsAndUsedWithTheOneThatStartsQuickest() throws Exception {
        install();
        stasis(with(java25), "check");
        assertThat(java25.calls().get(0)).contains("-XX:+UseG1GC").doesNotContain("-XX:+UseSerialGC");
        assertThat(java25.lastCall()).contains("-XX:+UseSerialGC").doesNotContain("-XX:+UseG1GC");
    }

    @Test
    void whatEachRunUsesStandsFirstOnTheClassPath() throws Exception {
        install();
        Files.writeString(home.resolve("dist/target/stasis/lib/stasis-host.jar"), "");
        stasis(with(java25), "check");
        List<String> call = java25.lastCall();
        assertThat(call.get(call.indexOf("-cp") + 1).split(":")).extracting(jar -> Path.of(jar).getFileName().toString())
                .containsExactly("stasis-host.jar", "one.jar", "two.jar");
    }

    @Test
    void theArchiveCanBeSwitchedOff() throws Exception {
        install();
        stasis(Map.of("STASIS_JAVA", java25.home().toString(), "STASIS_ARCHIVE", "no"), "check");
        assertThat(java25.calls()).singleElement().satisfies(call -> assertThat(call)
                .noneMatch(word -> word.startsWith("-XX:AOTCache")));
    }

    private void maven(String commands) throws IOException {
        FakeJava.script(tools.resolve("mvn"), commands);
    }
}
