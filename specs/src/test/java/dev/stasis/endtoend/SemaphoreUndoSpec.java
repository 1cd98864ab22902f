package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.SEMCTL;
import static dev.stasis.linux.SyscallNumber.SEMGET;
import static dev.stasis.linux.SyscallNumber.SEMOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the end of a process would undo on System V semaphores is in the way of a dump, and nothing else about them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SemaphoreUndoSpec {

    @Test
    void semaphoresThatWouldBeGivenBackByItsEndAreNamed(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int set = (int) puppet.call(SEMGET, 0, 1, 01600);
        sandbox.own(() -> SystemCalls.call("semctl", set, SEMCTL, set, 0, 0));
        puppet.call(SEMOP, set, words(puppet, 0x1000_0001_0000L), 1); // one up, with SEM_UNDO
        puppet.letGo();
        assertThat(refusals(stasis, sandbox, puppet.pid())).singleElement().asString()
                .startsWith("task " + puppet.pid() + ": what it did to System V semaphores, such as set " + set + ", is undone when it ends");
    }

    @Test
    void aThreadThatThereOnceWasIsNoReasonToFearForSemaphores(Stasis stasis, Sandbox sandbox) {
        semaphores(sandbox);
        new Cycle(stasis, sandbox).throughDeath(RareStateSpec.start(sandbox, "ended-thread"));
    }

    @Test
    void semaphoresThatItHasGivenBackItselfAreNoObstacle(Stasis stasis, Sandbox sandbox) {
        String set = Integer.toString(semaphores(sandbox));
        new Cycle(stasis, sandbox).throughDeath(RareStateSpec.start(sandbox, "threads-and-nothing-to-undo", set));
    }

    @Test
    void semaphoresThatOthersHaveUsedSinceAreNamedAlsoForAProcessWithThreads(Stasis stasis, Sandbox sandbox) {
        int set = semaphores(sandbox);
        Program program = RareStateSpec.start(sandbox, "threads-and-something-to-undo", Integer.toString(set));
        Puppet other = sandbox.puppet();
        other.call(SEMOP, set, words(other, 0x0000_0001_0000L), 1);
        assertThat(refusals(stasis, sandbox, program.pid())).singleElement().asString().startsWith("task " + program.pid()
                + ": what it did to System V semaphores, such as set " + set + ", is undone when it ends");
    }

    private static int semaphores(Sandbox sandbox) {
        int set = (int) SystemCalls.call("semget", "a set", SEMGET, 0, 3, 01600);
        sandbox.own(() -> SystemCalls.call("semctl", set, SEMCTL, set, 0, 0));
        return set;
    }

    @Test
    void semaphoresThatNobodyGivesBackAreNoObstacle(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int set = (int) puppet.call(SEMGET, 0, 1, 01600);
        sandbox.own(() -> SystemCalls.call("semctl", set, SEMCTL, set, 0, 0));
        puppet.call(SEMOP, set, words(puppet, 0x0000_0001_0000L), 1);
        new Cycle(stasis, sandbox).throughDeath(puppet);
    }

    private static List<String> refusals(Stasis stasis, Sandbox sandbox, Pid pid) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.dump(DumpRequest.of(pid, sandbox.path("image")), Progress.NONE));
        assertThat(sandbox.path("image")).doesNotExist();
        return refusal.problems().stream().map(Problem::toString).toList();
    }

    private static long words(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }
}
