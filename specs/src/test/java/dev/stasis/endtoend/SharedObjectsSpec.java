package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.CHDIR;
import static dev.stasis.linux.SyscallNumber.FCHDIR;
import static dev.stasis.linux.SyscallNumber.SETSID;
import static dev.stasis.linux.SyscallNumber.UMASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ProcessCalls.Shared;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes that have a descriptor table or a current directory in common still have when they come back. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SharedObjectsSpec {
    private static final long CLONE_FS = 0x200;
    private static final long CLONE_FILES = 0x400;
    private static final long CLONE_PARENT = 0x8000;

    @Test
    void aDescriptorTable(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = Files.writeString(sandbox.path("file"), "text");
        Puppet root = sandbox.puppet();
        Puppet sharer = root.fork(CLONE_FILES);
        Puppet grandchild = sharer.fork(CLONE_FILES);
        Puppet apart = root.fork();
        sharer.open(file, OpenFlags.RDONLY, 0);
        letGo(grandchild, sharer, apart, root);

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(ProcessCalls.share(root.pid(), sharer.pid(), Shared.DESCRIPTORS)).isTrue();
        assertThat(ProcessCalls.share(root.pid(), grandchild.pid(), Shared.DESCRIPTORS)).isTrue();
        assertThat(ProcessCalls.share(root.pid(), apart.pid(), Shared.DESCRIPTORS)).isFalse();
        assertThat(ProcessCalls.share(root.pid(), sharer.pid(), Shared.FILE_SYSTEM)).isFalse();
        RemoteFd opened = back.open(file, OpenFlags.RDONLY, 0);
        assertThat(Path.of("/proc/" + sharer.pid() + "/fd/" + opened.number()).toRealPath()).isEqualTo(file.toRealPath());
        assertThat(Path.of("/proc/" + apart.pid() + "/fd/" + opened.number())).doesNotExist();
    }

    @Test
    void aDirectoryAndAMaskAcrossSessions(Stasis stasis, Sandbox sandbox) throws IOException {
        Path directory = Files.createDirectory(sandbox.path("inner"));
        Puppet root = sandbox.puppet();
        Puppet apart = root.fork(CLONE_FILES);
        Puppet sharer = root.fork(CLONE_FS | CLONE_FILES);
        sharer.call(SETSID);
        RemoteFd inner = sharer.open(directory, OpenFlags.RDONLY, 0);
        sharer.call(FCHDIR, inner.number());
        sharer.close(inner);
        root.call(UMASK, 0135);
        letGo(apart, sharer, root);

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(Path.of("/proc/" + root.pid() + "/cwd").toRealPath()).isEqualTo(directory.toRealPath());
        back.call(CHDIR, back.calls().lend(Bytes.text("/")).value());
        assertThat(Path.of("/proc/" + sharer.pid() + "/cwd").toRealPath()).isEqualTo(Path.of("/"));
        assertThat(Path.of("/proc/" + apart.pid() + "/cwd").toRealPath()).isNotEqualTo(Path.of("/"));
        assertThat(back.call(UMASK, 0)).isEqualTo(0135);
    }

    @Test
    void aSharerOutsideOfTheTreeIsNamed(Stasis stasis, Sandbox sandbox) {
        Puppet parent = sandbox.puppet();
        Puppet root = parent.fork(CLONE_FS);
        Puppet aside = root.fork(CLONE_FILES | CLONE_PARENT);
        letGo(aside, root, parent);

        assertThatThrownBy(() -> dump(stasis, root, sandbox)).isInstanceOf(StasisException.class)
                .hasMessageContaining("task " + root.pid() + ": it shares its current directory and umask (CLONE_FS) with process "
                        + parent.pid() + " (puppet), which is not of the tree")
                .hasMessageContaining("task " + root.pid() + ": it shares its descriptor table with process " + aside.pid()
                        + " (puppet), which is not of the tree");
        assertThat(sandbox.path("image")).doesNotExist();
        assertThat(root.program().isAlive()).isTrue();
    }

    @Test
    void siblingsThatShareWhatTheirParentHasNotAreNamed(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet one = root.fork();
        Puppet other = one.fork(CLONE_FS | CLONE_PARENT);
        letGo(other, one, root);

        assertThatThrownBy(() -> dump(stasis, root, sandbox)).isInstanceOf(StasisException.class)
                .hasMessageContaining("task " + other.pid() + ": it shares its current directory and umask (CLONE_FS) with process "
                        + one.pid() + " (puppet), but its parent " + root.pid() + " does not");
    }

    private static void dump(Stasis stasis, Puppet root, Sandbox sandbox) {
        stasis.dump(DumpRequest.of(root.pid(), sandbox.path("image")).then(Afterwards.LEAVE_RUNNING), Progress.NONE);
    }

    private static void letGo(Puppet... puppets) {
        for (Puppet puppet : puppets) {
            puppet.letGo();
        }
    }
}
