package dev.stasis.locks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that rely on locks can still rely on them after they were killed and brought back. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class ProgramsWithLocksSpec {
    private static final int SIGUSR1 = 10;

    @Test
    void sqliteInTheMiddleOfATransaction(Stasis stasis, Sandbox sandbox) throws IOException {
        throughTheMiddleOfATransaction(stasis, sandbox, "delete");
    }

    @Test
    void sqliteWithAWriteAheadLog(Stasis stasis, Sandbox sandbox) throws IOException {
        throughTheMiddleOfATransaction(stasis, sandbox, "wal");
    }

    /** The cache is so small that pages are written to the file before the commit: then others are locked out in any mode. */
    private static void throughTheMiddleOfATransaction(Stasis stasis, Sandbox sandbox, String journal) throws IOException {
        Path database = sandbox.path("data.db");
        Path commands = sandbox.path("commands");
        Command.run("sqlite3", database.toString(), "pragma journal_mode=" + journal
                + "; create table t (n integer primary key, x text); insert into t (x) values ('before')");
        Command.run("mkfifo", commands.toString());
        Program sqlite = sandbox.start("bash", "-c", "exec 3<>commands; exec sqlite3 data.db <&3");
        Files.writeString(commands, "pragma cache_size=10; begin immediate;\n"
                + "with recursive c(i) as (select 1 union all select i + 1 from c where i < 5000)"
                + " insert into t (x) select hex(randomblob(200)) from c;\n.shell touch inserted\n");
        Await.until("it has inserted", () -> Files.exists(sandbox.path("inserted")));
        assertLockedOut(sandbox, database);

        Program back = new LockCycle(stasis, sandbox).throughDeath(sqlite, database);

        assertLockedOut(sandbox, database);
        Files.writeString(commands, "insert into t (x) values ('after'); commit;\n.quit\n");
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        assertThat(Command.run("sqlite3", database.toString(), "pragma integrity_check; select count(*) from t;"
                + " select x from t where n in (1, 5002)").lines()).containsExactly("ok", "5002", "before", "after");
    }

    private static void assertLockedOut(Sandbox sandbox, Path database) {
        Program other = sandbox.start("sqlite3", database.toString(), "insert into t (x) values ('from outside')");
        assertThat(other.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(5)).as("SQLITE_BUSY").isTrue());
    }

    /** Each child wants the lock of the whole file that its parent has, in every way there is. */
    @Test
    void tasksThatWaitForALockWaitAgain(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = Files.createFile(sandbox.path("data"));
        Path script = Files.writeString(sandbox.path("script.py"), """
                import fcntl, os, signal, struct, sys
                whole = lambda: struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
                ways = {'posix': lambda f: fcntl.lockf(f, fcntl.LOCK_EX), 'flock': lambda f: fcntl.flock(f, fcntl.LOCK_EX),
                        'ofd': lambda f: fcntl.fcntl(f, 38, whole())}
                signal.signal(signal.SIGUSR1, lambda *_: None)
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
                held = open('data', 'r+')
                for way in ways.values():
                    if way is not ways['ofd']: way(held)
                for name, way in ways.items():
                    if os.fork() == 0:
                        own = open('data', 'r+')
                        way(own)
                        open('got', 'a').write(name + '\\n')
                        os._exit(0)
                signal.sigwait([signal.SIGUSR1])
                open('got', 'a').write('released\\n')
                fcntl.flock(held, fcntl.LOCK_UN); fcntl.lockf(held, fcntl.LOCK_UN)
                statuses = [os.wait()[1] for _ in ways]
                sys.exit(any(statuses))
                """);
        Path got = sandbox.path("got");
        Program python = sandbox.start("python3", script.toString());
        Await.until("all wait", () -> waiting(file) == 3);

        LockCycle cycle = new LockCycle(stasis, sandbox);
        Program back = cycle.restore(cycle.kill(python));

        Await.until("all wait again", () -> waiting(file) == 3);
        assertThat(got).doesNotExist();
        back.signal(SIGUSR1);
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        assertThat(Files.readAllLines(got)).startsWith("released").hasSize(4).contains("posix", "flock", "ofd");
    }

    private static long waiting(Path file) {
        return LockCycle.locks(file).stream().filter(lock -> lock.startsWith("waits")).count();
    }

    /** flock(1) and the command that it runs share the open file: the lock ends with the last of them. */
    @Test
    void aCommandUnderFlock(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = Files.createFile(sandbox.path("data"));
        Program flock = sandbox.start("flock", file.toString(), "sleep", "1000");
        Await.until("it runs its command", () -> comm(ProcFile.children(flock.pid())).equals("sleep"));

        Program back = new LockCycle(stasis, sandbox).throughDeath(flock, file);

        assertThat(LockCycle.locks(file)).containsExactly("has exclusive lock (flock) " + flock.pid());
        ProcessCalls.kill(ProcFile.children(back.pid()).get(0), 15);
        back.awaitEnd();
        assertThat(LockCycle.locks(file)).isEmpty();
    }

    private static String comm(List<Pid> tasks) {
        try {
            return tasks.isEmpty() ? "" : Files.readString(Path.of("/proc/" + tasks.get(0) + "/comm")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void critReadsTheLocks(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = Files.createFile(sandbox.path("data"));
        Program flock = sandbox.start("flock", file.toString(), "sleep", "1000");
        Await.until("it runs its command", () -> comm(ProcFile.children(flock.pid())).equals("sleep"));
        Path image = new LockCycle(stasis, sandbox).kill(flock);
        assertThat(Command.run("crit", "decode", "--pretty", "-i", image.resolve("filelocks.img").toString()))
                .contains("\"magic\": \"FILE_LOCKS\"").contains("\"pid\": " + flock.pid());
    }
}
