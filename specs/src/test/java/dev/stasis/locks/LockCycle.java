package dev.stasis.locks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Dump, death and return of trees with locks, and what /proc/locks tells of a file meanwhile. */
final class LockCycle {
    private final Stasis stasis;
    private final Sandbox sandbox;

    LockCycle(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
    }

    /** Dumps {@code root} with all below it, kills it and brings it back; of {@code file} the same locks are held then. */
    Program throughDeath(Program root, Path file) {
        List<String> before = locks(file);
        Program back = restore(kill(root));
        assertThat(locks(file)).isEqualTo(before);
        return back;
    }

    /** The same for a puppet, which is attached again afterwards. */
    Puppet throughDeath(Puppet root, Path file) {
        return sandbox.own(Puppet.attach(throughDeath(root.program(), file).pid()));
    }

    Path kill(Program root) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(root.pid(), image), Progress.NONE);
        root.awaitEnd();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " outlived the dump");
        });
        return image;
    }

    Program restore(Path image) {
        Pid root = stasis.restore(RestoreRequest.of(image), Progress.NONE).root();
        own(root);
        return sandbox.own(Program.attach(root));
    }

    /** All below the root, which become ours when it is gone. */
    private void own(Pid parent) {
        for (Pid child : ProcFile.children(parent)) {
            own(child);
            sandbox.own(Program.attach(child));
        }
    }

    /** Dumps the tree of {@code root} and leaves it running. */
    void dump(Pid root) {
        stasis.dump(DumpRequest.of(root, sandbox.path("image")).then(Afterwards.LEAVE_RUNNING), Progress.NONE);
    }

    /** Whether /proc/locks tells that {@code task} breaks a lease. */
    static boolean breaks(Pid task) {
        try {
            for (FileLock lock : FileLock.parse(Files.readAllBytes(Path.of("/proc/locks")))) {
                if (lock.pid() == task.number() && lock.state().equals("BREAKER")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The locks held on {@code file} and by whom, and who waits, in a fixed order. */
    static List<String> locks(Path file) {
        try {
            long inode = (Long) Files.getAttribute(file, "unix:ino");
            List<String> locks = new ArrayList<>();
            for (FileLock lock : FileLock.parse(Files.readAllBytes(Path.of("/proc/locks")))) {
                if (lock.inode() == inode) {
                    locks.add((lock.waits() ? "waits for " : "has ") + lock.describe() + " " + lock.pid());
                }
            }
            locks.sort(null);
            return locks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
