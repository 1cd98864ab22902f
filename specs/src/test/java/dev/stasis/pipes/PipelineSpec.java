package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Pipelines of real programs, dumped, killed and brought back at a random moment, make the same output as undisturbed ones.
 * How many moments: system property {@code stasis.rounds}, 3 if it is not set.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class PipelineSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 3);
    private static final long SEED = Long.getLong("stasis.seed", 20141202);

    private static final String PRODUCER = "i=0; while [ $i -lt 3000 ]; do echo \"line $i of the producer\"; i=$((i+1)); done";

    @Test
    void producerFilterConsumer(Stasis stasis, Sandbox sandbox) throws Exception {
        comesOutTheSame(stasis, sandbox, "(" + PRODUCER + ") | sed -u 's/line/LINE/' | while read a b c; do echo \"$b $a\"; done > $OUT",
                expected(i -> i + " LINE"));
    }

    @Test
    void tee(Stasis stasis, Sandbox sandbox) throws Exception {
        comesOutTheSame(stasis, sandbox, "(" + PRODUCER + ") | tee $OUT.side | cat > $OUT; cat $OUT.side >> $OUT",
                expected(i -> "line " + i + " of the producer") + expected(i -> "line " + i + " of the producer"));
    }

    @Test
    void aShellCoprocess(Stasis stasis, Sandbox sandbox) throws Exception {
        comesOutTheSame(stasis, sandbox, "coproc sed -u 's/^/> /'; i=0; while [ $i -lt 1000 ]; do echo $i >&${COPROC[1]};"
                + " read -u ${COPROC[0]} line; echo \"$line\"; i=$((i+1)); done > $OUT", expected(i -> "> " + i, 1000));
    }

    @Test
    void xargsInParallel(Stasis stasis, Sandbox sandbox) throws Exception {
        StringBuilder sum = new StringBuilder("11175\n");
        comesOutTheSame(stasis, sandbox, "seq 0 149 | xargs -P 3 -n 5 /bin/sh -c 'for n; do echo $n; done' sh"
                + " | (s=0; while read n; do s=$((s+n)); done; echo $s > $OUT)", sum.toString());
    }

    private static String expected(IntFunction<String> line) {
        return expected(line, 3000);
    }

    private static String expected(IntFunction<String> line, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(line.apply(i)).append('\n');
        }
        return text.toString();
    }

    private static void comesOutTheSame(Stasis stasis, Sandbox sandbox, String script, String expected) throws Exception {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            Path output = sandbox.path("output-" + round);
            Path image = sandbox.path("image-" + round);
            int moment = random.nextInt(40);
            Program program = sandbox.start("bash", "-c", "OUT=" + output + "; " + script);
            Thread.sleep(moment);
            if (program.isAlive()) {
                program = backAgain(stasis, sandbox, program, image);
            }
            program.awaitEnd();
            sandbox.awaitOrphans(left -> { });
            assertThat(Files.readString(output)).as("round %d, after %d ms", round, moment).isEqualTo(expected);
        }
    }

    /** Through death, unless it was over in the meantime. */
    private static Program backAgain(Stasis stasis, Sandbox sandbox, Program program, Path image) throws IOException {
        try {
            stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        } catch (StasisException e) {
            if (program.isAlive()) {
                throw e;
            }
            return program;
        }
        program.awaitEnd();
        sandbox.awaitOrphans(left -> { });
        return PipeCycle.restore(stasis, sandbox, image, Map.of());
    }
}
