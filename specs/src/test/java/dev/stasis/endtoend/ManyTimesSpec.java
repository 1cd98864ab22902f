package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An image is not used up by a restore, and a process does not wear out by dumps. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ManyTimesSpec {
    private static final int RESTORES = 50;
    private static final int DUMPS = 20;

    @Test
    void oneImageIsRestoredFiftyTimesInARow(Stasis stasis, Sandbox sandbox) {
        SelfChecking original = SelfChecking.inC(sandbox);
        List<Pid> threads = original.program().threads();
        Cycle cycle = new Cycle(stasis, sandbox);
        Path image = cycle.dumpAndKill(original.program(), "image");
        FileContents files = FileContents.of(original.files());

        for (int i = 1; i < RESTORES; i++) {
            try (Program back = cycle.restore(image)) {
                assertThat(back.threads()).isEqualTo(threads);
                original.backAs(back).awaitLines(2);
            }
            files.putBack();
        }
        SelfChecking last = original.backAs(cycle.restore(image));
        last.awaitLines(50);
        last.assertSound();
    }

    @Test
    void oneProcessIsDumpedTwentyTimesAndNeverNotices(Stasis stasis, Sandbox sandbox) {
        SelfChecking program = SelfChecking.inC(sandbox);
        List<Pid> threads = program.program().threads();
        for (int i = 0; i < DUMPS; i++) {
            new Cycle(stasis, sandbox).dumpAndLeave(program.pid(), "image-" + i);
            program.awaitLines(5);
        }
        assertThat(program.program().threads()).isEqualTo(threads);
        program.assertSound();
    }
}
