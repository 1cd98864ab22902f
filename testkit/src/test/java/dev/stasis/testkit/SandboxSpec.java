package dev.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxSpec {
    private Sandbox sandbox;

    @BeforeEach
    void openASandbox() throws Exception {
        ProcessCalls.adoptOrphans(true);
        sandbox = new Sandbox(Files.createTempDirectory("stasis-test-"), Descendants.now());
    }

    @Test
    void killsWhatItStartedAndDeletesItsDirectory() throws Exception {
        Program program = sandbox.start("sleep", "1000");
        Files.createDirectories(sandbox.path("a/b/c"));
        sandbox.close();

        assertThat(ProcessHandle.of(program.pid().number())).isEmpty();
        assertThat(sandbox.directory()).doesNotExist();
    }

    @Test
    void unmountsBeforeItDeletes() throws Exception {
        Path point = sandbox.mountTmpfs("disk", "size=64k");
        Files.writeString(point.resolve("file"), "text");
        sandbox.close();

        assertThat(Path.of("/proc/self/mountinfo")).content().doesNotContain(point.toString());
        assertThat(sandbox.directory()).doesNotExist();
    }

    @Test
    void endsAndTellsOfProcessesThatNobodyOwns() throws Exception {
        Program shell = sandbox.start("sh", "-c", "sleep 1000 & echo $!; exit 0");
        shell.awaitEnd();
        Pid orphan = new Pid(Integer.parseInt(Files.readString(sandbox.path("output")).strip()));

        assertThatThrownBy(sandbox::close).isInstanceOf(AssertionError.class).hasMessageContaining("process " + orphan)
                .hasMessageContaining("sleep 1000");
        assertThat(ProcessHandle.of(orphan.number())).isEmpty();
    }

    @Test
    void waitsForOrphansThatAreAboutToEndAndReapsThem() throws Exception {
        sandbox.start("sh", "-c", "sleep 0.05 & exit 0").awaitEnd();
        sandbox.awaitOrphans(left -> assertThat(left).isNull());
        sandbox.close();
    }

    @Test
    void asksAboutOrphansThatStandStopped() throws Exception {
        Program shell = sandbox.start("sh", "-c", "(kill -STOP $(exec sh -c 'echo $PPID')) & exit 0");
        shell.awaitEnd();
        int[] asked = new int[1];
        sandbox.awaitOrphans(left -> asked[0]++);

        assertThat(asked[0]).isEqualTo(1);
        sandbox.close();
    }

    @Test
    void closesInTheOppositeOrderAndAllEvenIfOneFails() throws Exception {
        StringBuilder order = new StringBuilder();
        sandbox.own(() -> order.append("first "));
        sandbox.own(() -> {
            throw new IllegalStateException("broken");
        });
        sandbox.own(() -> order.append("last "));

        assertThatThrownBy(sandbox::close).isInstanceOf(AssertionError.class).hasRootCauseMessage("broken");
        assertThat(order.toString()).isEqualTo("last first ");
        assertThat(sandbox.directory()).doesNotExist();
    }

    @Test
    void aProgramThatEndedIsNoLongerAliveAndCanBeClosedTwice() throws Exception {
        Program program = sandbox.start("sh", "-c", "exit 7");
        assertThat(program.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(7)).isTrue());
        assertThat(program.awaitEnd()).isPresent();
        assertThat(program.isAlive()).isFalse();
        assertThat(program.signal(9)).isFalse();
        program.close();
        program.close();
        sandbox.close();
    }

    @Test
    void aProgramHasASessionOfItsOwnAndNoDescriptorsOfTheTest() throws Exception {
        Program program = sandbox.start("sleep", "1000");
        Await.until("it sleeps", () -> program.systemCall().equals(Optional.of(SyscallNumber.CLOCK_NANOSLEEP)));
        assertThat(ProcessCalls.session(program.pid())).contains(program.pid());
        assertThat(ProcessSnapshot.of(program.pid()).facts().keySet()).filteredOn(fact -> fact.startsWith("fd/"))
                .containsExactlyInAnyOrder("fd/0", "fd/1", "fd/2");
        sandbox.close();
    }

    @Test
    void aProgramThatDoesNotExistCannotBeStarted() throws Exception {
        assertThatThrownBy(() -> sandbox.start("no-such-program")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-program");
        assertThatThrownBy(() -> sandbox.start("/no/such/program")).hasMessageContaining("ENOENT");
        sandbox.close();
    }
}
