package dev.stasis.host.task.rebirth;

import static dev.stasis.host.task.rebirth.Records.mapping;
import static dev.stasis.host.task.rebirth.Records.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import dev.stasis.spi.StasisException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestorePlanTest {

    @Test
    void aTreeWithoutTasksIsRefused() {
        assertThat(RestorePlan.problems(List.of())).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("it has no task"));
    }

    @Test
    void aTaskBeforeItsParentIsRefused() {
        assertThatThrownBy(() -> RestorePlan.of(List.of(task(10, null, 10, 10), task(12, 11, 10, 10), task(11, 10, 10, 10))))
                .isInstanceOf(StasisException.class).hasMessageContaining("its parent 11 does not come before it");
    }

    @Test
    void aNumberUsedTwiceIsRefused() {
        assertThatThrownBy(() -> RestorePlan.of(List.of(task(10, null, 10, 10), task(10, 10, 10, 10))))
                .hasMessageContaining("it is there twice");
    }

    @Test
    void childrenInTheSessionThatTheirParentLeftAreBornBeforeItLeaves() {
        TaskState root = task(10, null, 10, 10);
        TaskState leader = task(11, 10, 11, 11);
        TaskState older = task(12, 11, 10, 10);
        TaskState younger = task(13, 11, 11, 11);
        RestorePlan plan = RestorePlan.of(List.of(root, leader, older, younger));
        assertThat(plan.sessions().atBirth(leader)).isEqualTo(Leader.of(10));
        assertThat(plan.childrenBeforeSession(leader)).containsExactly(older);
        assertThat(plan.childrenAfterSession(leader)).containsExactly(younger);
    }

    @Test
    void anOrphanFromTheSessionOfADescendantIsAdopted() {
        TaskState root = task(10, null, 10, 10);
        TaskState orphan = task(13, 10, 12, 12);
        RestorePlan plan = RestorePlan.of(List.of(root, task(11, 10, 10, 10), task(12, 11, 12, 12), orphan));
        assertThat(plan.adopted()).containsExactly(orphan);
        assertThat(plan.childrenAfterSession(root)).doesNotContain(orphan);
    }

    @Test
    void aTaskInASessionItsParentWasNeverInIsRefused() {
        TaskState root = task(10, null, 10, 10);
        assertThat(RestorePlan.problems(List.of(root, task(11, 10, 11, 11), task(13, 10, 10, 10), task(12, 13, 11, 11)))).singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(RebirthError.SESSION_UNREACHABLE);
                    assertThat(problem.toString()).contains("session 11, which its parent 13 was never in");
                });
    }

    @Test
    void leadersOfGroupsAndSessionsThatHaveDiedCountAmongTheNumbers() {
        TaskState root = task(10, null, 10, 10);
        RestorePlan plan = RestorePlan.of(List.of(root, task(11, 10, 20, 10), task(12, 10, 30, 30)));
        assertThat(plan.numbers()).containsExactly(new Pid(10), new Pid(11), new Pid(12), new Pid(20), new Pid(30));
        assertThat(plan.sessions().isLost(Leader.of(30))).isTrue();
    }

    @Test
    void theSessionAndGroupOfAShellOutsideTheTreeAreNotAmongTheNumbers() {
        RestorePlan plan = RestorePlan.of(List.of(task(10, null, 0, 0), task(11, 10, 0, 0)));
        assertThat(plan.numbers()).containsExactly(new Pid(10), new Pid(11));
        assertThat(plan.sessions().isLost(Leader.OUTSIDE)).isFalse();
    }

    @Test
    void aTaskInTheSessionFromOutsideIsRefusedWhenItsParentWasNeverInIt() {
        TaskState root = task(10, null, 10, 10);
        assertThat(RestorePlan.problems(List.of(root, task(11, 10, 10, 10), task(12, 11, 0, 0)))).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("task 12", "session outside, which its parent 11"));
    }

    @Test
    void aChildThatNeedsALivingSessionComesBeforeOneWhoseLeaderIsDead() {
        TaskState leader = task(11, 10, 11, 11);
        RestorePlan plan = RestorePlan.of(List.of(task(10, null, 10, 10), leader, task(12, 11, 30, 30), task(13, 11, 10, 10)));
        assertThat(plan.sessions().atBirth(leader)).isEqualTo(Leader.of(10));
    }

    @Test
    void privateMemoryThatOnceWasWritableIsMadeWritableAndProtectedAgain() {
        Mapping relro = mapping(0x1000, 0x2000, 1, Mapping.Kind.PRIVATE_FILE, "ac");
        assertThat(MappingPlan.firstProtection(relro)).isEqualTo(3);
        assertThat(MappingPlan.isProtectedLater(relro)).isTrue();
        assertThat(MappingPlan.isProtectedLater(mapping(0x1000, 0x2000, 1, Mapping.Kind.PRIVATE_FILE))).isFalse();
        assertThat(MappingPlan.isProtectedLater(mapping(0x1000, 0x2000, 3, Mapping.Kind.PRIVATE_FILE, "ac"))).isFalse();
    }

    @Test
    void hugePagesAreAskedForOnlyWhenTheContentsAreThere() {
        Mapping heap = mapping(0x1000, 0x2000, 3, Mapping.Kind.PRIVATE_ANONYMOUS, "hg", "rr");
        assertThat(MappingPlan.advice(heap, false)).containsExactly(1);
        assertThat(MappingPlan.advice(heap, true)).containsExactly(14);
    }
}
