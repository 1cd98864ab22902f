package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({SandboxExtension.class, StasisExtension.class})
class LockedFileSpec {
    private static final int LOCK_EX = 2;

    @Test
    void aFileWithALockIsRefusedByNameBecauseTheLockWouldBeLost(Stasis stasis, Sandbox sandbox) throws Exception {
        Path file = Files.createFile(sandbox.path("locked"));
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(file, OpenFlags.RDWR, 0);
        puppet.call(SyscallNumber.FLOCK, fd.number(), LOCK_EX);
        puppet.letGo();
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(puppet.pid(), sandbox.path("image")), Progress.NONE))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("fd " + fd.number() + " of task " + puppet.pid() + " (" + file + "): there is a lock");
        assertThat(puppet.program().isAlive()).isTrue();
    }
}
