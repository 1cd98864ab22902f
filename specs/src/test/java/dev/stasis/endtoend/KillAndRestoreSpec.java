package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs are dumped, killed and brought back: same pid, same threads, and they go on as if nothing had been. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class KillAndRestoreSpec {
    private static final int SIGTERM = 15;

    @Test
    void sleepSleepsOnAndEndsByASignal(Stasis stasis, Sandbox sandbox) {
        Program sleep = asleep(sandbox.start("sleep", "1000"));
        Program back = asleep(new Cycle(stasis, sandbox).throughDeath(sleep));

        back.signal(SIGTERM);
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.status()).isEqualTo(SIGTERM));
    }

    @Test
    void aProgramWithAStackOfSixteenKilobytes(Stasis stasis, Sandbox sandbox) {
        Program sleep = asleep(sandbox.start("sh", "-c", "ulimit -s 16; exec sleep 1000"));
        asleep(new Cycle(stasis, sandbox).throughDeath(sleep));
    }

    /** The kernel grows a stack only as far as it was used, which may leave nothing below the stack pointer. */
    @ParameterizedTest
    @ValueSource(ints = {140_000, 141_000, 142_000, 143_000, 262_144, 1_000_000})
    void aProgramThatSleepsAtTheVeryEndOfItsStack(int size, Stasis stasis, Sandbox sandbox) {
        Program program = asleep(sandbox.start(Programs.compileC("large_frame.c").toString(), Integer.toString(size)));
        asleep(new Cycle(stasis, sandbox).throughDeath(program));
    }

    @Test
    void sleepEndsByItselfWhenItsTimeIsOver(Stasis stasis, Sandbox sandbox) {
        Program sleep = asleep(sandbox.start("sleep", "2"));
        Program back = new Cycle(stasis, sandbox).throughDeath(sleep);

        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
    }

    @Test
    void whatProcTellsOfSleepIsAsItWas(Stasis stasis, Sandbox sandbox) {
        Program sleep = asleep(sandbox.start("sleep", "1000"));
        ProcessSnapshot before = ProcessSnapshot.of(sleep.pid());
        Program back = asleep(new Cycle(stasis, sandbox).throughDeath(sleep));

        assertThat(before.differences(ProcessSnapshot.of(back.pid()), Tolerances.OF_A_RESTORE)).isEmpty();
    }

    @Test
    void aSevenThreadedCProgramFindsNothingChanged(Stasis stasis, Sandbox sandbox) {
        SelfChecking before = SelfChecking.inC(sandbox);
        assertThat(before.program().threads()).hasSize(7);
        SelfChecking back = before.backAs(new Cycle(stasis, sandbox).throughDeath(before.program()));
        back.awaitLines(1100);
        back.assertSound();
    }

    @Test
    void theCProgramComesBackAgainAndAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        SelfChecking program = SelfChecking.inC(sandbox);
        for (int i = 0; i < 5; i++) {
            Cycle cycle = new Cycle(stasis, sandbox);
            program = program.backAs(cycle.restore(cycle.dumpAndKill(program.program(), "image-" + i)));
            program.awaitLines(20);
        }
        program.assertSound();
    }

    @Test
    void aThreeThreadedPythonProgramWritesOn(Stasis stasis, Sandbox sandbox) {
        SelfChecking before = SelfChecking.inPython(sandbox);
        assertThat(before.program().threads()).hasSize(3);
        SelfChecking back = before.backAs(new Cycle(stasis, sandbox).throughDeath(before.program()));
        back.awaitLines(100);
        back.assertSound();
    }

    @ParameterizedTest
    @MethodSource("javaHomes")
    void aJvmGoesOnCollectingGarbage(Path javaHome, Stasis stasis, Sandbox sandbox) {
        SelfChecking before = SelfChecking.inJava(sandbox, javaHome);
        SelfChecking back = before.backAs(new Cycle(stasis, sandbox).throughDeath(before.program()));
        back.awaitLines(100);
        back.assertSound();
    }

    @ParameterizedTest
    @MethodSource("javaHomesAndCollectors")
    void aJvmStillAnswersItsDiagnosticTools(Path javaHome, String collector, Stasis stasis, Sandbox sandbox) {
        SelfChecking before = SelfChecking.inJava(sandbox, javaHome, collector);
        SelfChecking back = before.backAs(new Cycle(stasis, sandbox).throughDeath(before.program()));

        String pid = back.pid().toString();
        assertThat(Command.run(javaHome.resolve("bin/jcmd").toString(), pid, "Thread.print"))
                .contains("Full thread dump", "\"allocating-4\"");
        assertThat(Command.run(javaHome.resolve("bin/jstack").toString(), pid)).contains("Full thread dump", "\"allocating-4\"");
        back.assertSound();
    }

    static Stream<Arguments> javaHomesAndCollectors() {
        return javaHomes().flatMap(home -> Stream.of("-XX:+UseG1GC", "-XX:+UseZGC").map(collector -> Arguments.of(home, collector)));
    }

    static Stream<Path> javaHomes() {
        return Programs.javaHomes().stream();
    }

    /** Waits until it has done what it does before it sleeps. */
    private static Program asleep(Program program) {
        Await.until("it sleeps", () -> program.systemCall().equals(Optional.of(SyscallNumber.CLOCK_NANOSLEEP)));
        return program;
    }
}
