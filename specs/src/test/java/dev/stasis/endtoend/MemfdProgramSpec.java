package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that run out of a memfd, as some container runtimes do so that nobody can change them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class MemfdProgramSpec {

    /** Unsealable as every memfd is that was not asked to be otherwise; sealed against everything; against future writing. */
    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16})
    void aProgramInAMemfdComesBack(int seals, Stasis stasis, Sandbox sandbox) {
        comesBack("os.MFD_CLOEXEC", seals, stasis, sandbox);
    }

    /** The kernel counts no writer of the open file that memfd_create(2) makes, but of every other. */
    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16})
    void aProgramThatHasItsMemfdOpenForWritingComesBack(int seals, Stasis stasis, Sandbox sandbox) {
        Program back = comesBack("0", seals, stasis, sandbox);
        UnixPath program = UnixPath.of("/proc/" + back.pid() + "/fd/9");
        assertThat(FileCalls.readLink(program).toString()).contains("memfd:program");
        assertThatThrownBy(() -> FileCalls.open(program, OpenFlags.RDWR, 0).close()).hasMessageContaining("ETXTBSY");
    }

    private static Program comesBack(String flags, int seals, Stasis stasis, Sandbox sandbox) {
        Program program = sandbox.start("python3", "-c", """
                import fcntl, os
                program = os.memfd_create('program', %2$s | (os.MFD_ALLOW_SEALING if %1$d else 0))
                os.write(program, open('/bin/sleep', 'rb').read())
                if %1$d: fcntl.fcntl(program, 1033, %1$d)
                if not %2$s: os.dup2(program, 9)
                os.execve(program, ['sleep', '1000'], {})
                """.formatted(seals, flags));
        UnixPath link = UnixPath.of("/proc/" + program.pid() + "/exe");
        Await.until("it runs out of memory", () -> FileCalls.readLink(link).toString().contains("memfd:program")
                && program.systemCall().isPresent());
        Program back = new Cycle(stasis, sandbox).throughDeath(program);
        assertThat(FileCalls.readLink(link).toString()).contains("memfd:program");
        Await.until("it sleeps on", () -> back.systemCall().isPresent());
        return back;
    }
}
