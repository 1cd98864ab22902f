package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Leftovers;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({StasisExtension.class, SandboxExtension.class})
class WarmUpSpec {

    /** A rehearsal that fails says so in the log, and has no other consequence than that nothing is warm. */
    @Test
    void whatIsRehearsedSucceedsAndLeavesNothing(Stasis stasis, RecordingLog log) {
        Leftovers before = Leftovers.now();
        stasis.warmUp();
        assertThat(log.lines()).noneMatch(line -> line.contains("rehearsal"));
        assertThat(ProcFile.children(ProcessCalls.self())).isEmpty();
        assertThat(Leftovers.now().since(before)).isEmpty();
    }
}
