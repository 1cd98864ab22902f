package org.example.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole way: a process is dumped, which kills it, and comes back. Needs root. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TemplateSpec {

    @Test
    void aCounterIsWhatItWasAndIsStillSharedAfterARestore(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int counter = (int) puppet.call(SyscallNumber.EVENTFD2, 42, 0);
        int copy = (int) puppet.call(SyscallNumber.DUP, counter);
        puppet.letGo();

        stasis.dump(DumpRequest.of(puppet.pid(), sandbox.path("image")), Progress.NONE);
        puppet.program().awaitEnd();
        Puppet back = sandbox.own(Puppet.attach(stasis.restore(RestoreRequest.of(sandbox.path("image")), Progress.NONE).root()));

        RemoteAddress one = back.calls().lend(new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        back.call(SyscallNumber.WRITE, copy, one.value(), 8);
        assertThat(back.call(SyscallNumber.READ, counter, one.value(), 8)).isEqualTo(8);
        assertThat(back.memory().readLong(one)).isEqualTo(43);
    }
}
