package dev.stasis.ghosts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs do with deleted files in earnest goes on after their death. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithGhostsSpec {

    @Test
    void pythonsTemporaryFilesComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(Files.createDirectory(sandbox.path("folder")), """
                import tempfile
                one = tempfile.TemporaryFile(dir='.'); one.write(b'first'); one.flush()
                two = tempfile.NamedTemporaryFile(dir='.', delete=False); two.write(b'second'); two.flush(); os.unlink(two.name)""", """
                one.write(b' and more'); one.seek(0); assert one.read() == b'first and more'
                two.seek(0); assert two.read() == b'second'""");
        cycle.then(cycle.throughDeath(program));
    }

    @Test
    void aScriptThatWasDeletedWhileBashRunsItRunsOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Path script = Files.writeString(sandbox.path("script"),
                "read line < fifo\necho $line > result\n" + "# padding\n".repeat(2000) + "echo end >> result\n");
        Command.run("mkfifo", sandbox.path("fifo").toString());
        Program bash = sandbox.start("bash", script.toString());
        Await.until("it waits for a writer", () -> bash.systemCall().equals(Optional.of(257)));
        Files.delete(script);
        new GhostCycle(stasis, sandbox).throughDeath(bash);
        Files.writeString(sandbox.path("fifo"), "heard\n");
        Await.until("the script ends", () -> {
            try {
                return Files.exists(sandbox.path("result")) && Files.readString(sandbox.path("result")).equals("heard\nend\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void awaitText(Path file, String text) {
        Await.until(file.getFileName() + " says " + text, () -> {
            try {
                return Files.exists(file) && Files.readString(file).equals(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void aJvmWithADeletedLibraryAndADeletedLogGoesOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        Path library = Files.copy(home.resolve("lib/libprefs.so"), sandbox.path("lib.so"));
        Path source = Files.writeString(sandbox.path("Holder.java"), """
                import java.io.*;
                class Holder {
                    public static void main(String[] a) throws Exception {
                        System.load(a[0] + "/lib.so");
                        RandomAccessFile log = new RandomAccessFile(a[0] + "/log", "rw");
                        log.writeBytes("before ");
                        new File(a[0], "lib.so").delete();
                        new File(a[0], "log").delete();
                        new File(a[0], "ready").createNewFile();
                        while (!new File(a[0], "go").exists()) Thread.sleep(20);
                        log.writeBytes("after");
                        log.seek(0);
                        new PrintStream(new FileOutputStream(a[0] + "/result")).print(log.readLine());
                        Thread.sleep(1000000);
                    }
                }
                """);
        Command.run(home.resolve("bin/javac").toString(), source.toString());
        Program jvm = sandbox.start(home.resolve("bin/java").toString(), "-XX:-UsePerfData", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", sandbox.directory().toString(), "Holder", sandbox.directory().toString());
        Await.until("it holds both", () -> Files.exists(sandbox.path("ready")));
        assertThat(library).doesNotExist();
        Program back = new GhostCycle(stasis, sandbox).throughDeath(jvm);
        assertThat(Files.readString(Path.of("/proc/" + back.pid() + "/maps"))).contains(library + " (deleted)");
        Files.createFile(sandbox.path("go"));
        awaitText(sandbox.path("result"), "before after");
    }

    @Test
    void tailGoesOnReadingALogThatWasRotatedOver(Stasis stasis, Sandbox sandbox) throws Exception {
        Command.run("mkfifo", sandbox.path("fifo").toString());
        Program bash = sandbox.start("bash", "-c", """
                exec 3>>log 4<>fifo; echo one >&3; tail -n +1 -f log > seen 4<&- &
                while read -r line <&4 && [ "$line" != end ]; do echo "$line" >&3; done; kill $!; wait""");
        awaitText(sandbox.path("seen"), "one\n");
        Files.writeString(sandbox.path("new"), "of another file\n");
        Command.run("mv", sandbox.path("new").toString(), sandbox.path("log").toString());
        Await.until("it waits for a line", () -> bash.systemCall().equals(Optional.of(0)));
        Program back = new GhostCycle(stasis, sandbox).throughDeath(bash);
        Files.writeString(sandbox.path("fifo"), "two\n");
        awaitText(sandbox.path("seen"), "one\ntwo\n");
        assertThat(sandbox.path("log")).hasContent("of another file\n");
        Files.writeString(sandbox.path("fifo"), "end\n");
        back.awaitEnd();
    }

    @Test
    void sqliteRollsBackByADeletedJournal(Stasis stasis, Sandbox sandbox) throws Exception {
        Path fifo = sandbox.path("fifo");
        Command.run("mkfifo", fifo.toString());
        Program sqlite = sandbox.start("bash", "-c", "exec 9<>fifo; exec sqlite3 base <&9 9<&-");
        Files.writeString(fifo, "CREATE TABLE t(a); INSERT INTO t VALUES(7); BEGIN; UPDATE t SET a = 1;\n");
        Path journal = sandbox.path("base-journal");
        Await.until("it opened a journal", () -> Files.exists(journal) && holds(sqlite, journal.toString()));
        Await.until("it waits for more", () -> sqlite.systemCall().equals(Optional.of(0)));
        Files.delete(journal);
        Program back = new GhostCycle(stasis, sandbox).throughDeath(sqlite);
        assertThat(holds(back, journal + " (deleted)")).isTrue();
        Files.writeString(fifo, "INSERT INTO t VALUES(2); ROLLBACK; SELECT count(*), sum(a) FROM t;\n.quit\n");
        awaitText(sandbox.path("output"), "1|7\n");
        assertThat(Command.run("sqlite3", sandbox.path("base").toString(), "PRAGMA integrity_check; SELECT * FROM t"))
                .isEqualTo("ok\n7\n");
    }

    private static boolean holds(Program program, String link) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + program.pid() + "/fd"))) {
            for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
                if (Files.readSymbolicLink(descriptor).toString().equals(link)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
