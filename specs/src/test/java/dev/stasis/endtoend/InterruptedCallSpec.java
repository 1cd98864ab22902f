package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sleeps, polls and futexes end when their time is over and not before, however often their process was stopped. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class InterruptedCallSpec {
    private static final int THREADS = 6;
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;

    @Test
    void noneEndsBeforeItsTimeWhenTheProcessWasDumpedBefore(Stasis stasis, Sandbox sandbox) {
        Program program = waiting(sandbox);
        Cycle cycle = new Cycle(stasis, sandbox);
        cycle.dumpAndLeave(program.pid(), "before");
        cycle.dumpAndLeave(program.pid(), "again");

        assertEndedInTime(cycle.throughDeath(program));
    }

    @Test
    void noneEndsBeforeItsTimeWhenTheProcessWasStoppedBefore(Stasis stasis, Sandbox sandbox) {
        Program program = waiting(sandbox);
        program.signal(SIGSTOP);
        Await.until("it is stopped", () -> program.state().filter(state -> state == 'T').isPresent());
        program.signal(SIGCONT);

        assertEndedInTime(new Cycle(stasis, sandbox).throughDeath(program));
    }

    private static void assertEndedInTime(Program program) {
        assertThat(program.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).as("%s", end).isTrue());
    }

    private static Program waiting(Sandbox sandbox) {
        Program program = sandbox.start(Programs.compileC("interrupted_calls.c").toString());
        Await.until("all threads wait", () -> program.threads().size() == THREADS
                && program.threads().stream().allMatch(InterruptedCallSpec::waits));
        return program;
    }

    private static boolean waits(Pid thread) {
        String call = new String(ProcFile.read(thread, "syscall"), StandardCharsets.ISO_8859_1).split("\\s")[0];
        return switch (call) {
            case "" + SyscallNumber.NANOSLEEP, "" + SyscallNumber.CLOCK_NANOSLEEP, "" + SyscallNumber.POLL,
                    "" + SyscallNumber.FUTEX -> true;
            default -> false;
        };
    }
}
