package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.GETPRIORITY;
import static dev.stasis.linux.SyscallNumber.SCHED_SETATTR;
import static dev.stasis.linux.SyscallNumber.SCHED_SETSCHEDULER;
import static dev.stasis.linux.SyscallNumber.SETPRIORITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.process.SchedulingAttributes;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each policy of the scheduler comes back, with what counts again under another. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SchedulingStateSpec {
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_DEADLINE = 6;

    @ParameterizedTest
    @CsvSource({"SCHED_FIFO, 1, 20", "SCHED_RR, 2, 30", "SCHED_BATCH, 3, 0", "SCHED_IDLE, 5, 0"})
    void theNiceValueIsThereWhenThePolicyIsLeft(String name, int policy, int priority, Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(SETPRIORITY, 0, 0, 6);
        puppet.call(SCHED_SETSCHEDULER, 0, policy, lent(puppet, priority));
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(ThreadCalls.policy(back.pid())).isEqualTo(policy);
        assertThat(back.call(GETPRIORITY, 0, 0)).as("20 less the nice value").isEqualTo(14);
        back.call(SCHED_SETSCHEDULER, 0, SCHED_OTHER, lent(back, 0));
        assertThat(back.call(GETPRIORITY, 0, 0)).isEqualTo(14);
    }

    @Test
    void aPromisedShareOfTheCpu(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(SETPRIORITY, 0, 0, 6);
        puppet.call(SCHED_SETATTR, 0, lent(puppet, 48 | (long) SCHED_DEADLINE << 32, 0, 0, 10_000_000, 100_000_000, 100_000_000), 0);
        SchedulingAttributes before = ThreadCalls.scheduling(puppet.pid());
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(ThreadCalls.scheduling(back.pid())).isEqualTo(before)
                .isEqualTo(new SchedulingAttributes(SCHED_DEADLINE, 0, 6, 0, 10_000_000, 100_000_000, 100_000_000));
    }

    private static long lent(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }
}
