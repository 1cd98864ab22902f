package dev.stasis.locks;

import static dev.stasis.linux.SyscallNumber.FCNTL;
import static dev.stasis.linux.SyscallNumber.FLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Locks of every sort are held again by those who held them, before anybody runs. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class FileLocksSpec {
    private static final int F_SETLK = 6;
    private static final int F_OFD_SETLK = 37;
    private static final int F_SETLEASE = 1024;
    private static final int F_GETLEASE = 1025;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;

    private Path file;
    private LockCycle cycle;

    @BeforeEach
    void aFile(Stasis stasis, Sandbox sandbox) throws IOException {
        file = Files.writeString(sandbox.path("data"), "0123456789");
        cycle = new LockCycle(stasis, sandbox);
    }

    @Test
    void locksOfProcessesOnRanges(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        Puppet child = root.fork();
        range(root, fd, F_SETLK, WRITE, 0, 2);
        range(root, fd, F_SETLK, READ, 5, 3);
        range(child, fd, F_SETLK, READ, 5, 1);
        range(child, fd, F_SETLK, WRITE, 1_000_000, 0);
        child.letGo();
        root.letGo();
        assertThat(LockCycle.locks(file)).hasSize(4);

        Puppet back = cycle.throughDeath(root, file);

        assertThat(LockCycle.locks(file)).contains("has write lock (POSIX) on bytes 0-1 " + root.pid(),
                "has write lock (POSIX) on bytes 1000000- " + child.pid());
        back.close(fd);
        assertThat(LockCycle.locks(file)).as("its owner still loses them by closing the file").hasSize(2);
    }

    @Test
    void locksOfOpenFiles(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd shared = root.open(file, OpenFlags.RDWR, 0);
        Puppet child = root.fork();
        RemoteFd own = child.open(file, OpenFlags.RDWR, 0);
        range(root, shared, F_OFD_SETLK, WRITE, 0, 4);
        range(child, own, F_OFD_SETLK, READ, 8, 0);
        child.letGo();
        root.letGo();

        Puppet back = cycle.throughDeath(root, file);

        assertThat(LockCycle.locks(file)).containsExactly("has read lock (OFD) on bytes 8- -1", "has write lock (OFD) on bytes 0-3 -1");
        back.close(shared);
        assertThat(LockCycle.locks(file)).as("the child has the open file too").hasSize(2);
    }

    @Test
    void flocksWithTheProcessThatSetThem(Sandbox sandbox) throws IOException {
        Path other = Files.createFile(sandbox.path("other"));
        Puppet root = sandbox.puppet();
        RemoteFd exclusive = root.open(file, OpenFlags.RDONLY, 0);
        RemoteFd both = root.open(other, OpenFlags.RDONLY, 0);
        Puppet child = root.fork();
        child.call(FLOCK, exclusive.number(), LOCK_EX);
        root.call(FLOCK, both.number(), LOCK_SH);
        RemoteFd again = child.open(other, OpenFlags.RDONLY, 0);
        child.call(FLOCK, again.number(), LOCK_SH);
        child.letGo();
        root.letGo();

        cycle.throughDeath(root, file);

        assertThat(LockCycle.locks(file)).containsExactly("has exclusive lock (flock) " + child.pid());
        assertThat(LockCycle.locks(other)).containsExactlyInAnyOrder("has shared lock (flock) " + root.pid(), "has shared lock (flock) " + child.pid());
    }

    @Test
    void aFlockThatAnEndedProcessSetAsFlockDoesInAScript(Sandbox sandbox) {
        Program shell = sandbox.start("bash", "-c", "exec 9>>data; flock 9; sleep 1000");
        Await.until("it has its lock", () -> locked(file));

        cycle.restore(cycle.kill(shell));

        assertThat(locked(file)).isTrue();
    }

    /** By trying, because in a pid namespace of its own /proc/locks does not show the locks of those who have ended. */
    private static boolean locked(Path file) {
        Program attempt = Program.start(file.getParent(), file.resolveSibling("attempts"),
                List.of("flock", "--nonblock", "--exclusive", file.toString(), "true"));
        try (attempt) {
            return !attempt.awaitEnd().orElseThrow().exitedWith(0);
        }
    }

    @Test
    void aLockThroughADeletedFile(Sandbox sandbox) throws IOException {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        range(root, fd, F_SETLK, WRITE, 0, 0);
        root.call(FLOCK, fd.number(), LOCK_EX);
        root.letGo();
        Files.delete(file);

        Program back = cycle.restore(cycle.kill(root.program()));

        assertThat(Files.readString(Path.of("/proc/" + back.pid() + "/fdinfo/" + fd.number()))).contains("POSIX  ADVISORY  WRITE " + back.pid())
                .contains("FLOCK  ADVISORY  WRITE " + back.pid());
    }

    @Test
    void leasesAndWhoIsToldWhenTheyAreBroken(Sandbox sandbox) throws IOException {
        Path other = Files.createFile(sandbox.path("other"));
        Puppet root = sandbox.puppet();
        RemoteFd alone = root.open(file, OpenFlags.RDWR, 0);
        RemoteFd reader = root.open(other, OpenFlags.RDONLY, 0);
        root.call(FCNTL, alone.number(), F_SETLEASE, WRITE);
        root.call(FCNTL, reader.number(), F_SETLEASE, READ);
        root.letGo();

        Puppet back = cycle.throughDeath(root, file);

        assertThat(back.call(FCNTL, alone.number(), F_GETLEASE)).isEqualTo(WRITE);
        assertThat(back.call(FCNTL, reader.number(), F_GETLEASE)).isEqualTo(READ);
        assertThat(LockCycle.locks(other)).containsExactly("has read lease " + root.pid());
    }

    @Test
    void aLeaseThatIsBeingBrokenIsRefusedWithWhoBreaksIt(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        root.call(FCNTL, fd.number(), F_SETLEASE, WRITE);
        root.blockSignals(-1);
        root.letGo();
        Program breaker = sandbox.start("cat", file.toString());
        Await.until("it is being broken", () -> LockCycle.breaks(breaker.pid()));

        assertThatThrownBy(() -> cycle.dump(root.pid())).isInstanceOf(StasisException.class)
                .hasMessageContaining("fd " + fd.number() + " of task " + root.pid() + " (" + file + "): process " + breaker.pid()
                        + " (cat), which is not of the tree, breaks its ");
    }

    @Test
    void aWaiterOutsideIsNamed(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        root.call(FLOCK, fd.number(), LOCK_EX);
        root.letGo();
        Program waiter = sandbox.start("flock", file.toString(), "true");
        Await.until("it waits", () -> LockCycle.locks(file).size() == 2);

        assertThatThrownBy(() -> cycle.dump(root.pid())).isInstanceOf(StasisException.class)
                .hasMessageContaining("fd " + fd.number() + " of task " + root.pid() + " (" + file + "): process " + waiter.pid()
                        + " (flock), which is not of the tree, waits for its exclusive lock (flock)");
        assertThat(root.program().isAlive()).isTrue();
    }

    @Test
    void aWaiterForAnOpenFilesLockIsNamedToo(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        range(root, fd, F_OFD_SETLK, WRITE, 0, 1);
        root.letGo();
        Program waiter = sandbox.start("python3", "-c",
                "import fcntl, struct; fcntl.fcntl(open('data', 'r+'), 38, struct.pack('hhqqi4x', 1, 0, 0, 1, 0))");
        Await.until("it waits", () -> LockCycle.locks(file).size() == 2);

        assertThatThrownBy(() -> cycle.dump(root.pid())).hasMessageMatching("(?s).*process \\d+ \\(python3[^)]*\\), which is not of the"
                + " tree, waits for its write lock \\(OFD\\) on bytes 0-0.*").hasMessageContaining(waiter.pid().toString());
    }

    @Test
    void whoHasTheSameOpenFileOutsideIsNamed(Sandbox sandbox) {
        Puppet parent = sandbox.puppet();
        RemoteFd fd = parent.open(file, OpenFlags.RDWR, 0);
        parent.call(FLOCK, fd.number(), LOCK_EX);
        Puppet root = parent.fork();
        root.letGo();
        parent.letGo();

        assertThatThrownBy(() -> cycle.dump(root.pid())).isInstanceOf(StasisException.class)
                .hasMessageContaining("fd " + fd.number() + " of task " + root.pid() + " (" + file + "): process " + parent.pid()
                        + " (puppet), which is not of the tree, has the same open file (fd " + fd.number()
                        + ") and with it its exclusive lock (flock)");
    }

    @Test
    void aLockThatSomebodyTookMeanwhileIsRefusedBeforeAnyProcessExists(Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteFd fd = root.open(file, OpenFlags.RDWR, 0);
        range(root, fd, F_SETLK, WRITE, 4, 2);
        root.letGo();
        Path image = cycle.kill(root.program());
        Puppet thief = sandbox.puppet();
        RemoteFd stolen = thief.open(file, OpenFlags.RDWR, 0);
        range(thief, stolen, F_OFD_SETLK, READ, 5, 1);
        range(thief, stolen, F_SETLK, WRITE, 7, 0);

        assertThatThrownBy(() -> cycle.restore(image)).isInstanceOf(StasisException.class)
                .hasMessageContaining("fd " + fd.number() + " of task " + root.pid() + " (" + file
                        + "): its write lock (POSIX) on bytes 4-5 cannot be set: meanwhile another open file has a read lock (OFD) on bytes 5-5");
        range(thief, stolen, F_SETLK, WRITE, 4, 1);
        assertThatThrownBy(() -> cycle.restore(image))
                .hasMessageContaining("meanwhile process " + thief.pid() + " (puppet) has a write lock (POSIX) on bytes 4-4");
        thief.close(stolen);
        cycle.restore(image);
        assertThat(LockCycle.locks(file)).containsExactly("has write lock (POSIX) on bytes 4-5 " + root.pid());
    }

    private static void range(Puppet puppet, RemoteFd fd, int command, int type, long start, long length) {
        byte[] range = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) type).putLong(8, start)
                .putLong(16, length).array();
        puppet.call(FCNTL, fd.number(), command, puppet.calls().lend(range).value());
    }
}
