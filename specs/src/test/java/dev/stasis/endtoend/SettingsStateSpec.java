package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.BRK;
import static dev.stasis.linux.SyscallNumber.CHDIR;
import static dev.stasis.linux.SyscallNumber.GETCWD;
import static dev.stasis.linux.SyscallNumber.IOPRIO_GET;
import static dev.stasis.linux.SyscallNumber.IOPRIO_SET;
import static dev.stasis.linux.SyscallNumber.MINCORE;
import static dev.stasis.linux.SyscallNumber.MLOCKALL;
import static dev.stasis.linux.SyscallNumber.PERSONALITY;
import static dev.stasis.linux.SyscallNumber.PRCTL;
import static dev.stasis.linux.SyscallNumber.PRLIMIT64;
import static dev.stasis.linux.SyscallNumber.SCHED_SETAFFINITY;
import static dev.stasis.linux.SyscallNumber.SCHED_SETSCHEDULER;
import static dev.stasis.linux.SyscallNumber.SETGROUPS;
import static dev.stasis.linux.SyscallNumber.SETPRIORITY;
import static dev.stasis.linux.SyscallNumber.SETRESGID;
import static dev.stasis.linux.SyscallNumber.SETRESUID;
import static dev.stasis.linux.SyscallNumber.UMASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a process set for itself comes back. Most of it shows in /proc, which every cycle compares. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SettingsStateSpec {
    private static final int SCHED_BATCH = 3;
    private static final int RLIMIT_CORE = 4;
    private static final int ADDR_NO_RANDOMIZE = 0x40000;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_GET_PDEATHSIG = 2;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_NAME = 15;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_MDWE = 65;
    private static final int PR_GET_MDWE = 66;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;

    @Test
    void schedulingPriorityAndCpus(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(SCHED_SETSCHEDULER, 0, SCHED_BATCH, lent(puppet, 0));
        puppet.call(SETPRIORITY, 0, 0, 7);
        puppet.call(SCHED_SETAFFINITY, 0, 8, lent(puppet, 1));
        puppet.call(IOPRIO_SET, 1, 0, 2 << 13 | 6);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(IOPRIO_GET, 1, 0)).isEqualTo(2 << 13 | 6);
    }

    @Test
    void newMappingsAreLockedAsBefore(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(MLOCKALL, MCL_FUTURE | MCL_ONFAULT);
        puppet.map(0x4000, 3, 0x22);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        long before = locked(back);
        RemoteAddress added = back.map(0x4000, 3, 0x22);
        assertThat(locked(back) - before).isEqualTo(0x4000 >> 10);
        RemoteAddress answer = back.calls().lend(8);
        back.call(MINCORE, added.value(), 0x4000, answer.value());
        assertThat(back.calls().read(answer, 4)).containsOnly(0);
    }

    private static long locked(Puppet puppet) {
        String status = new String(ProcFile.read(puppet.pid(), "status"), StandardCharsets.ISO_8859_1);
        return Long.parseLong(status.lines().filter(line -> line.startsWith("VmLck:")).findFirst().orElseThrow()
                .replaceAll("[^0-9]", ""));
    }

    @Test
    void memoryThatWasWritableNeverBecomesExecutable(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_MDWE, 1, 0, 0, 0);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, PR_GET_MDWE, 0, 0, 0, 0)).isEqualTo(1);
    }

    @Test
    void nameUmaskLimitsAndPersonality(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_NAME, puppet.calls().lend(Bytes.text("a) b (c")).value());
        puppet.call(UMASK, 0137);
        puppet.call(PRLIMIT64, 0, RLIMIT_CORE, lent(puppet, 12345, 67890), 0);
        puppet.call(PERSONALITY, ADDR_NO_RANDOMIZE);
        puppet.call(PRCTL, PR_SET_TIMERSLACK, 77777);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, PR_GET_TIMERSLACK)).isEqualTo(77777);
    }

    @Test
    void whatTheKernelKeepsWithTheMemory(Stasis stasis, Sandbox sandbox) throws IOException {
        Puppet puppet = sandbox.puppet();
        Files.writeString(Path.of("/proc/" + puppet.pid() + "/coredump_filter"), "0x15");
        Files.writeString(Path.of("/proc/" + puppet.pid() + "/oom_score_adj"), "321");
        puppet.call(PRCTL, PR_SET_DUMPABLE, 0);
        long end = puppet.call(BRK, 0);
        puppet.call(BRK, end + 3 * 4096);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, PR_GET_DUMPABLE)).isZero();
        assertThat(back.call(BRK, 0)).isEqualTo(end + 3 * 4096);
    }

    @Test
    void whatHappensWhenParentOrChildrenDie(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_PDEATHSIG, 12);
        puppet.call(PRCTL, PR_SET_CHILD_SUBREAPER, 1);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(number(back, PR_GET_PDEATHSIG)).isEqualTo(12);
        assertThat(number(back, PR_GET_CHILD_SUBREAPER)).isEqualTo(1);
    }

    @Test
    void aParentThatEndsAtOnceIsNoParentForWhoFollowsIts(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_PDEATHSIG, 12);
        puppet.letGo();
        Path image = new Cycle(stasis, sandbox).dumpAndKill(puppet.program(), "image");
        assertThatThrownBy(() -> stasis.restore(new RestoreRequest(image, RestoreRequest.Afterwards.RUN, true, Map.of()), Progress.NONE))
                .hasMessageContaining("it asked for a signal when its parent ends (PR_SET_PDEATHSIG)")
                .hasMessageContaining("restore it without -d");
    }

    @Test
    void credentialsAndCapabilities(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        puppet.call(SETGROUPS, 3, lent(puppet, 5L | 60L << 32, 70000));
        puppet.call(SETRESGID, 1001, 1002, 1003);
        puppet.call(PRCTL, PR_SET_KEEPCAPS, 1);
        puppet.call(SETRESUID, 2001, 2002, 2003);
        new Cycle(stasis, sandbox).throughDeath(puppet);
    }

    @Test
    void secureBits(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, PR_SET_SECUREBITS, 1 << 6 | 1 << 2);
        assertThat(new Cycle(stasis, sandbox).throughDeath(puppet).call(PRCTL, PR_GET_SECUREBITS)).isEqualTo(1 << 6 | 1 << 2);
    }

    @Test
    void theCurrentDirectory(Stasis stasis, Sandbox sandbox) throws IOException {
        Path directory = Files.createDirectories(sandbox.path("some/where"));
        Puppet puppet = sandbox.puppet();
        puppet.call(CHDIR, puppet.calls().lend(Bytes.text(directory.toString())).value());
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        RemoteAddress path = back.calls().lend(4096);
        int length = (int) back.call(GETCWD, path.value(), 4096);
        assertThat(back.calls().read(path, length)).isEqualTo(Bytes.text(directory.toString()));
    }

    private static long lent(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }

    private static int number(Puppet puppet, int option) {
        RemoteAddress place = puppet.calls().lend(8);
        puppet.call(PRCTL, option, place.value());
        return (int) puppet.memory().readLong(place);
    }
}
