package dev.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.testkit.ProcessSnapshot.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class ProcessSnapshotSpec {
    private static final int NO_ACCESS = 0;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final List<Tolerance> RUNNING = List.of(new Tolerance("ctxt_switches", "it ran to make a call"),
            new Tolerance("stat/stime", "and took time for it"), new Tolerance("stat/utime", "or for that"),
            new Tolerance("stat/processor", "wherever that was"));

    @Test
    void tellsNothingOfAProcessThatStoodStill(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.letGo();
        assertThat(ProcessSnapshot.of(puppet.pid()).differences(ProcessSnapshot.of(puppet.pid()), List.of())).isEmpty();
    }

    @Test
    void tellsWhichMappingAppearedAndHowMuchMemoryThatIs(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        ProcessSnapshot before = ProcessSnapshot.of(puppet.pid());
        RemoteAddress mapped = puppet.map(4096, NO_ACCESS, PRIVATE_ANONYMOUS);
        List<String> differences = before.differences(ProcessSnapshot.of(puppet.pid()), RUNNING);

        assertThat(differences).anySatisfy(line ->
                assertThat(line).startsWith("maps/" + Long.toHexString(mapped.value())).contains("(absent) -> ---p"));
        assertThat(differences).anySatisfy(line -> assertThat(line).contains("status/VmSize"));
    }

    @Test
    void tellsOfAnIgnoredSignal(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        ProcessSnapshot before = ProcessSnapshot.of(puppet.pid());
        byte[] ignore = new byte[32];
        ignore[0] = 1;
        puppet.call(13, 10, puppet.calls().lend(ignore).value(), 0, 8);

        assertThat(before.differences(ProcessSnapshot.of(puppet.pid()), RUNNING))
                .contains("task/" + puppet.pid() + "/status/SigIgn: 0000000000000000 -> 0000000000000200");
    }

    @Test
    void keepsSilentAboutWhatIsTolerated(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        ProcessSnapshot before = ProcessSnapshot.of(puppet.pid());
        puppet.call(95, 077);
        assertThat(before.differences(ProcessSnapshot.of(puppet.pid()), RUNNING)).hasSize(1);

        List<Tolerance> all = List.of(RUNNING.get(0), RUNNING.get(1), RUNNING.get(2), RUNNING.get(3),
                new Tolerance("status/Umask", "it was told to"));
        assertThat(before.differences(ProcessSnapshot.of(puppet.pid()), all)).isEmpty();
    }
}
