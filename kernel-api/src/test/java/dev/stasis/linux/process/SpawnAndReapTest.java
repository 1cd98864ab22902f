package dev.stasis.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpawnAndReapTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Fd input;
    private Fd output;

    @BeforeEach
    void openInputAndOutput() {
        input = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0);
        output = FileCalls.memfd("output");
    }

    @AfterEach
    void closeThem() {
        input.close();
        output.close();
    }

    private Pid shell(String script) {
        return new SpawnRequest(UnixPath.of("/bin/sh"), List.of("sh", "-c", script), List.of("GREETING=hello"), UnixPath.of("/"),
                input, output).spawn();
    }

    private ChildCalls.ExitStatus end(Pid pid) {
        try (Fd pidfd = ProcessCalls.pidfd(pid)) {
            assertThat(ChildCalls.awaitEnd(pidfd, LIMIT)).isTrue();
            return ChildCalls.tryReap(pidfd).orElseThrow();
        }
    }

    private String printed() {
        FileCalls.position(output, 0);
        return new String(FileCalls.read(output, 4096), StandardCharsets.UTF_8);
    }

    @Test
    void aProgramGetsItsArgumentsEnvironmentAndDirectory() {
        assertThat(end(shell("echo $GREETING from $PWD >&2")).exitedWith(0)).isTrue();
        assertThat(printed()).isEqualTo("hello from /\n");
    }

    @Test
    void aProgramLeadsASessionOfItsOwnWithThreeDescriptors() {
        // Not into a pipe, which the shell itself would hold for a moment.
        Pid pid = shell("ls -x /proc/$$/fd; cut -d ' ' -f 1,5,6 /proc/$$/stat");
        end(pid);
        assertThat(printed()).isEqualTo("0  1  2\n" + pid + " " + pid + " " + pid + "\n");
    }

    @Test
    void itsSignalsAreAtTheirDefaultsAndNoneIsBlocked() {
        end(shell("cat /proc/self/status"));
        assertThat(printed()).contains("SigBlk:\t0000000000000000\n").contains("SigCgt:\t0000000000000000\n");
    }

    @Test
    void anExitCodeAndAKillingSignalAreToldApart() {
        ChildCalls.ExitStatus exited = end(shell("exit 9"));
        ChildCalls.ExitStatus killed = end(shell("kill -9 $$"));
        assertThat(exited.exitedWith(9)).isTrue();
        assertThat(killed.exitedWith(9)).isFalse();
        assertThat(exited.toString()).endsWith("exited with 9");
        assertThat(killed.toString()).endsWith("was killed by signal 9");
    }

    @Test
    void aChildThatRunsIsNotReapedAndOneThatWasIsNoLongerAChild() {
        Pid pid = shell("read forever < /proc/self/fd/0; exec sleep 1000");
        try (Fd pidfd = ProcessCalls.pidfd(pid)) {
            assertThat(ChildCalls.awaitEnd(pidfd, Duration.ZERO)).isFalse();
            assertThat(ChildCalls.tryReap(pidfd)).isEmpty();
            ProcessCalls.kill(pid, 9);
            assertThat(ChildCalls.awaitEnd(pidfd, LIMIT)).isTrue();
            assertThat(ChildCalls.tryReap(pidfd)).isPresent();
            assertThat(ChildCalls.tryReap(pidfd)).isEmpty();
        }
    }

    @Test
    void aFileThatCannotBeExecutedIsToldWithItsErrno() {
        SpawnRequest request = new SpawnRequest(UnixPath.of("/dev/null/program"), List.of("program"), List.of(),
                UnixPath.of("/"), input, output);
        assertThatThrownBy(request::spawn).isInstanceOf(KernelException.class).hasMessage("posix_spawn(/dev/null/program): ENOTDIR");
    }
}
