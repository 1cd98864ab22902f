package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree whose pid somebody else has does not come back; the refusal says who that is. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TakenPidSpec {

    @Test
    void theHolderIsNamedAndRunsOn(Stasis stasis, Sandbox sandbox) {
        SelfChecking holder = SelfChecking.inC(sandbox);
        Path image = new Cycle(stasis, sandbox).dumpAndLeave(holder.pid(), "image");

        assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE)).isInstanceOf(StasisException.class)
                .hasMessageContaining("pid " + holder.pid()).hasMessageContaining("self-checking");
        holder.awaitLines(20);
        holder.assertSound();
    }
}
