package dev.stasis.host.task.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.freeze.Victim;
import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.Problem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardsTest {

    @Test
    void anOrdinaryProcessHasNothingThatCannotBeKept() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            assertThat(problems(victim)).isEmpty();
        }
    }

    @Test
    void systemVMemoryThatIsAttachedInPartIsNamedWithItsPlace() throws Exception {
        try (Victim victim = Victim.python("import ctypes, sys", "libc = ctypes.CDLL(None); libc.shmat.restype = ctypes.c_void_p",
                "id = libc.shmget(0, 8192, 0o1600); at = libc.shmat(id, None, 0); libc.shmctl(id, 0, None)",
                "libc.munmap(ctypes.c_void_p(at), 4096)", "print('ready')", "sys.stdin.read()")) {
            assertThat(problems(victim)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo(GuardError.SYSTEM_V_MEMORY);
                assertThat(problem.subject()).matches("mapping at 0x[0-9a-f]+ of task " + victim.pid());
                assertThat(problem.reason()).matches("System V segment \\d+ is attached only in part there");
            });
        }
    }

    @Test
    void anotherNamespaceIsNamed() throws Exception {
        try (Victim victim = Victim.start("unshare", "--net", "--uts", "sleep", "1000")) {
            while (!victim.stat().name().equals("sleep")) {
                Thread.onSpinWait();
            }
            assertThat(problems(victim)).extracting(Problem::reason)
                    .containsExactly("it is in another net namespace than Stasis", "it is in another uts namespace than Stasis");
        }
    }

    @Test
    void aSeccompFilterIsNoObstacleAndTheTaskSurvivesTheFreeze() throws Exception {
        try (Victim victim = Victim.python("import ctypes, sys", "libc = ctypes.CDLL(None)",
                "program = ctypes.create_string_buffer(b'\\x06\\x00\\x00\\x00\\x00\\x00\\xff\\x7f', 8)",
                "class Filter(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('p', ctypes.c_void_p)]",
                "f = Filter(1, ctypes.addressof(program)); libc.prctl(38, 1, 0, 0, 0)",
                "print(libc.prctl(22, 2, ctypes.byref(f), 0, 0))", "sys.stdin.readline()", "print('alive')")) {
            assertThat(problems(victim)).isEmpty();
            assertThat(victim.ask()).isEqualTo("alive");
        }
    }

    @Test
    void aThreadWithADirectoryOfItsOwnIsNamed() throws Exception {
        try (Victim victim = Victim.python("import ctypes, os, sys, threading", "ready = threading.Barrier(2)",
                "def apart(): ctypes.CDLL(None).unshare(0x200); ready.wait(); sys.stdin.read()",
                "threading.Thread(target=apart, daemon=True).start()", "ready.wait()", "print('ready')", "sys.stdin.read()")) {
            assertThat(problems(victim)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo(GuardError.UNSHARED_THREAD);
                assertThat(problem.reason()).isEqualTo("it has a current directory of its own, apart from its process " + victim.pid());
            });
        }
    }

    private static List<Problem> problems(Victim victim) {
        try (FrozenTree tree = TreeFreezer.freeze(victim.pid(), Duration.ofSeconds(30), new SilentLog())) {
            return Guards.check(tree);
        }
    }
}
