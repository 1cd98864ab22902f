package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.ADD_KEY;
import static dev.stasis.linux.SyscallNumber.KEYCTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys that the kernel keeps for a process are told of where they would be lost. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class KeyringSpec {
    private static final int JOIN_SESSION_KEYRING = 1;

    @Test
    void keysOfItsOwnAreNamed(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(KEYCTL, 0, -2, 1);
        puppet.letGo();
        assertThat(refusals(stasis, sandbox, puppet.pid()))
                .containsExactly("task " + puppet.pid() + ": it has a keyring of its own (keyrings(7)) (have the program keep its keys"
                        + " in the user's keyring)");
    }

    @Test
    void aSessionKeyringWithKeysIsToldOfAndOneWithoutIsNot(Stasis stasis, RecordingLog log, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        Puppet other = puppet.fork();
        other.call(KEYCTL, JOIN_SESSION_KEYRING, text(other, "empty"));
        long ring = puppet.call(KEYCTL, JOIN_SESSION_KEYRING, text(puppet, "lost"));
        puppet.call(ADD_KEY, text(puppet, "user"), text(puppet, "secret"), text(puppet, "1"), 1, ring);
        other.letGo();
        puppet.letGo();

        new TreeCycle(stasis, sandbox).throughDeath(puppet);

        String keyring = "task " + puppet.pid() + " (puppet) %s in session keyring " + ring + " lost (keyrings(7))";
        assertThat(log.lines()).filteredOn(line -> line.contains("session keyring")).satisfiesExactly(
                line -> assertThat(line).contains(keyring.formatted("is"), "a restore that is not started from there"),
                line -> assertThat(line).contains(keyring.formatted("was"), "comes back in that of this process"));
    }

    private static long text(Puppet puppet, String text) {
        return puppet.calls().lend((text + "\0").getBytes(StandardCharsets.US_ASCII)).value();
    }

    private static List<String> refusals(Stasis stasis, Sandbox sandbox, Pid pid) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.dump(DumpRequest.of(pid, sandbox.path("image")), Progress.NONE));
        assertThat(sandbox.path("image")).doesNotExist();
        return refusal.problems().stream().map(Problem::toString).toList();
    }
}
