package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.PERSONALITY;
import static dev.stasis.linux.SyscallNumber.PRCTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever restores has set for itself stays with it. Every cycle compares what /proc tells, the flags of mappings among it. */
@ExtendWith(SandboxExtension.class)
class RestorersOwnSettingsSpec {
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_SET_MEMORY_MERGE = 67;
    private static final int PR_GET_MEMORY_MERGE = 68;
    private static final int MMAP_PAGE_ZERO = 0x100000;
    private static final int READ_IMPLIES_EXEC = 0x400000;
    private static final int SCHED_FIFO = 1;

    @Test
    void mergingOfEqualPages(Sandbox sandbox) throws IOException {
        SystemCalls.call("prctl", "this process", PRCTL, PR_SET_MEMORY_MERGE, 1, 0, 0, 0);
        sandbox.own(() -> SystemCalls.call("prctl", "this process", PRCTL, PR_SET_MEMORY_MERGE, 0, 0, 0, 0));
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_MEMORY_MERGE, 0, 0, 0, 0);
        Puppet back = new Cycle(stasisOfThisThread(sandbox), sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, PR_GET_MEMORY_MERGE, 0, 0, 0, 0)).isZero();
    }

    @Test
    void aRealTimePolicyAndNoTimerSlack(Sandbox sandbox) throws IOException {
        Puppet puppet = sandbox.puppet();
        Pid thread = ProcessCalls.selfThread();
        int policy = ThreadCalls.policy(thread);
        ThreadCalls.policy(thread, SCHED_FIFO, 10);
        sandbox.own(() -> ThreadCalls.policy(thread, policy, 0));
        Puppet back = new Cycle(stasisOfThisThread(sandbox), sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, PR_GET_TIMERSLACK)).isEqualTo(50_000);
    }

    @Test
    void timerSlackThatThreadsGoBackTo(Sandbox sandbox) throws IOException {
        Puppet puppet = sandbox.puppet();
        long slack = SystemCalls.call("prctl", "this thread", PRCTL, PR_GET_TIMERSLACK);
        SystemCalls.call("prctl", "this thread", PRCTL, PR_SET_TIMERSLACK, 777_777);
        sandbox.own(() -> SystemCalls.call("prctl", "this thread", PRCTL, PR_SET_TIMERSLACK, slack));
        Puppet back = new Cycle(stasisOfThisThread(sandbox), sandbox).throughDeath(puppet);
        back.call(PRCTL, PR_SET_TIMERSLACK, 0);
        assertThat(back.call(PRCTL, PR_GET_TIMERSLACK)).isEqualTo(50_000);
    }

    @Test
    void aPersonality(Sandbox sandbox) throws IOException {
        Puppet puppet = sandbox.puppet();
        long personality = SystemCalls.call("personality", "this thread", PERSONALITY, MMAP_PAGE_ZERO | READ_IMPLIES_EXEC);
        sandbox.own(() -> SystemCalls.call("personality", "this thread", PERSONALITY, personality));
        new Cycle(stasisOfThisThread(sandbox), sandbox).throughDeath(puppet);
    }

    /** Its threads have what this one has. */
    private static Stasis stasisOfThisThread(Sandbox sandbox) throws IOException {
        Path plugins = PluginJars.collect(Files.createDirectory(sandbox.path("plugins")), name -> true);
        return sandbox.own(Stasis.start(plugins, new RecordingLog()));
    }
}
