package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfinementTest {
    private static final String ALL = "CapBnd:\t000001ffffffffff\n";

    @Test
    void whoIsFreeMakesFreeTasks() {
        assertThat(problems(ALL + "NoNewPrivs:\t0\nSeccomp:\t0\n")).isEmpty();
    }

    @Test
    void privilegesThatNobodyCouldGainAgainAreNotTakenAway() {
        assertThat(problems(ALL + "NoNewPrivs:\t1\nSeccomp:\t0\n")).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("PR_SET_NO_NEW_PRIVS").contains("task 7 (task) may"));
    }

    @Test
    void aSandboxWouldBeInherited() {
        assertThat(problems(ALL + "NoNewPrivs:\t0\nSeccomp:\t2\n")).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("seccomp confines it"));
    }

    @Test
    void capabilitiesThatNobodyHereMayHaveAreNamed() {
        assertThat(problems("CapBnd:\t00000000fffffffe\nNoNewPrivs:\t0\nSeccomp:\t0\n")).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("it had CAP_CHOWN, CAP_MAC_OVERRIDE, "));
    }

    private static List<Problem> problems(String status) {
        List<Problem> problems = new ArrayList<>();
        Confinement.check(TaskStatus.parse(status.getBytes(StandardCharsets.ISO_8859_1)), List.of(Records.task(7, null, 7, 7)),
                problems);
        return problems;
    }
}
