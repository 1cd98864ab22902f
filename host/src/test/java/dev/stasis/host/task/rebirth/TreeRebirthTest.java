package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.seed.Seed;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRebirthTest {
    private static final int WNOHANG = 1;

    @TempDir
    Path directory;

    private SeedCapture capture;
    private List<Pid> pids;
    private final List<TaskState> tasks = new ArrayList<>();

    @BeforeEach
    void captureOneTask() throws IOException {
        capture = SeedCapture.take(directory);
        pids = FreePids.take(8);
    }

    @AfterEach
    void releaseIt() {
        capture.close();
    }

    @Test
    void childrenComeBackInTheirGroupsAndSessions() {
        TaskState root = add(0, null, 0, 0);
        add(1, root, 0, 0);
        TaskState leader = add(2, root, 2, 2);
        add(3, leader, 2, 2);
        add(4, leader, 4, 2);
        add(5, leader, 5, 0); // born before its parent left the session
        try (Rebirth rebirth = restore()) {
            for (TaskState task : tasks) {
                assertThat(ProcessCalls.group(task.pid())).as("group of %s", task.pid()).contains(task.group().pid());
                assertThat(ProcessCalls.session(task.pid())).as("session of %s", task.pid()).contains(task.session().pid());
            }
        }
    }

    @Test
    void groupsAndSessionsOutliveTheirLeaders() {
        TaskState root = add(0, null, 0, 0);
        add(1, root, 6, 0); // the leader of group 6 is dead
        add(2, root, 6, 0);
        add(3, root, 7, 7); // the leader of session 7 is dead
        add(4, root, 7, 7);
        try (Rebirth rebirth = restore()) {
            assertThat(ProcessCalls.group(pids.get(1))).contains(pids.get(6));
            assertThat(ProcessCalls.group(pids.get(2))).contains(pids.get(6));
            assertThat(ProcessCalls.session(pids.get(3))).contains(pids.get(7));
            assertThat(ProcessCalls.session(pids.get(4))).contains(pids.get(7));
            assertThat(Path.of("/proc/" + pids.get(6))).doesNotExist();
            assertThat(Path.of("/proc/" + pids.get(7))).doesNotExist();
            try (RemoteCalls calls = rebirth.remoteCalls(root.pid())) {
                assertThat(pendingSignals(calls)).isZero();
                assertThat(calls.tryCall(SyscallNumber.WAIT4, pids.get(3).number(), 0, WNOHANG, 0)).as("a child of ours").isZero();
            }
        }
    }

    @Test
    void theRootComesBackInASessionWhoseLeaderIsDead() {
        TaskState root = add(0, null, 6, 7); // both leaders are dead
        add(1, root, 7, 7);
        try (Rebirth rebirth = restore()) {
            assertThat(ProcessCalls.session(root.pid())).contains(pids.get(7));
            assertThat(ProcessCalls.group(root.pid())).contains(pids.get(6));
            assertThat(ProcessCalls.group(pids.get(1))).contains(pids.get(7));
            assertThat(Path.of("/proc/" + pids.get(6))).doesNotExist();
            assertThat(Path.of("/proc/" + pids.get(7))).doesNotExist();
        }
    }

    @Test
    void whatWasInAGroupAndSessionFromOutsideIsInThatOfTheRestorer() {
        TaskState root = add(0, null, -1, -1);
        TaskState leader = add(1, root, 1, 1);
        add(2, leader, -1, -1); // born before its parent left the session
        add(3, root, 3, -1);
        try (Rebirth rebirth = restore()) {
            for (int i : new int[] {0, 2}) {
                assertThat(ProcessCalls.group(pids.get(i))).isEqualTo(ProcessCalls.group(ProcessCalls.self()));
            }
            for (int i : new int[] {0, 2, 3}) {
                assertThat(ProcessCalls.session(pids.get(i))).isEqualTo(ProcessCalls.session(ProcessCalls.self()));
            }
            assertThat(ProcessCalls.group(pids.get(3))).contains(pids.get(3));
        }
    }

    @Test
    void orphansAreAdoptedFromSessionsOfDescendants() {
        TaskState root = add(0, null, 0, 0);
        TaskState middle = add(1, root, 0, 0);
        add(2, middle, 2, 2);
        TaskState orphan = add(3, root, 2, 2);
        add(4, orphan, 4, 2);
        try (Rebirth rebirth = restore(); RemoteCalls calls = rebirth.remoteCalls(orphan.pid())) {
            assertThat(calls.call(SyscallNumber.GETPPID)).isEqualTo(root.pid().number());
            assertThat(ProcessCalls.session(orphan.pid())).contains(pids.get(2));
            assertThat(ProcessCalls.session(pids.get(4))).contains(pids.get(2));
        }
    }

    @Test
    void aFounderMayHaveLeftItsGroup() {
        TaskState root = add(0, null, 0, 0);
        add(1, root, 2, 0);
        add(2, root, 2, 0);
        add(3, root, 1, 0);
        try (Rebirth rebirth = restore()) {
            assertThat(ProcessCalls.group(pids.get(1))).contains(pids.get(2));
            assertThat(ProcessCalls.group(pids.get(3))).contains(pids.get(1));
        }
    }

    @Test
    void theDeadComeBackDeadWithTheirExactStatus() {
        TaskState root = add(0, null, 0, 0);
        end(add(1, root, 0, 0), 7 << 8);
        end(add(2, root, 0, 0), 9);
        end(add(3, root, 3, 0), 15);
        try (Rebirth rebirth = restore(); RemoteCalls calls = rebirth.remoteCalls(root.pid())) {
            assertThat(pendingSignals(calls)).isZero();
            assertThat(statusOf(calls, pids.get(1))).isEqualTo(7 << 8);
            assertThat(statusOf(calls, pids.get(2))).isEqualTo(9);
            assertThat(statusOf(calls, pids.get(3))).isEqualTo(15);
        }
    }

    @Test
    void aRestoreGivenUpLeavesNothingOfTheWholeTree() {
        TaskState root = add(0, null, 0, 0);
        TaskState leader = add(1, root, 1, 1);
        add(2, leader, 6, 1);
        end(add(3, leader, 1, 1), 9);
        restore().close();
        for (Pid pid : pids) {
            assertThat(Path.of("/proc/" + pid)).doesNotExist();
        }
    }

    @Test
    void aNumberThatIsTakenIsRefusedNamingItsHolder() {
        try (Seed holder = Seed.spawn()) {
            pids.set(0, holder.pid());
            TaskState root = add(0, null, 0, 0);
            assertThatThrownBy(() -> restore()).isInstanceOf(StasisException.class)
                    .hasMessageContaining("pid " + holder.pid())
                    .hasMessageContaining("process " + holder.pid())
                    .hasMessageContaining("holds it as its pid");
            assertThat(Prospects.check(List.of(root))).singleElement()
                    .satisfies(problem -> assertThat(problem.code()).isEqualTo(RebirthError.PID_TAKEN));
        }
    }

    @Test
    void aNumberOfAThreadOfOursIsRefusedAsSuch() {
        pids.set(0, ProcessCalls.selfThread());
        assertThat(Prospects.check(List.of(add(0, null, 0, 0)))).singleElement()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(RebirthError.PID_IS_OURS));
    }

    private Rebirth restore() {
        Rebirth rebirth = Rebirth.begin(tasks, new SilentLog());
        try {
            rebirth.bear(Map.of(), capture.files, capture);
            rebirth.furnish();
            return rebirth;
        } catch (RuntimeException e) {
            rebirth.close();
            throw e;
        }
    }

    private TaskState add(int pid, TaskState parent, int group, int session) {
        TaskState task = Records.like(capture.task, pids.get(pid), parent == null ? null : parent.pid(), leader(group), leader(session),
                TaskState.Life.RUNNING, 0);
        tasks.add(task);
        return task;
    }

    /** Of the tasks by their place; less than 0 for one from outside. */
    private Leader leader(int place) {
        return place < 0 ? Leader.OUTSIDE : new Leader(pids.get(place));
    }

    private void end(TaskState task, int status) {
        tasks.remove(task);
        tasks.add(Records.like(task, task.pid(), task.parent(), task.group(), task.session(), TaskState.Life.ENDED, status));
    }

    private static int statusOf(RemoteCalls calls, Pid child) {
        RemoteAddress status = calls.lend(Integer.BYTES);
        calls.call(SyscallNumber.WAIT4, child.number(), status.value(), WNOHANG, 0);
        return ByteBuffer.wrap(calls.read(status, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static long pendingSignals(RemoteCalls calls) {
        RemoteAddress set = calls.lend(Long.BYTES);
        calls.call(SyscallNumber.RT_SIGPENDING, set.value(), Long.BYTES);
        return ByteBuffer.wrap(calls.read(set, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
