package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PreflightTest {
    private static final String ZOMBIE = "import os, sys; pid = os.fork(); pid or os._exit(0); print(pid, flush=True); sys.stdin.read()";

    @Test
    void anOrdinaryProcessIsWelcome() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            assertThat(Preflight.problems(victim.pid())).isEmpty();
        }
    }

    @Test
    void aMissingPidIsRefused() {
        assertRefused(new Pid(Integer.MAX_VALUE - 1), FreezeError.NO_SUCH_PROCESS, "there is no such process");
    }

    @Test
    void theFirstProcessIsRefused() {
        assertThat(Preflight.problems(new Pid(1))).extracting(Problem::code).contains(FreezeError.INIT_PROCESS);
    }

    @Test
    void aThreadIsRefusedWithTheProcessItBelongsTo() throws Exception {
        try (Victim victim = Victim.python("import threading, sys", "threading.Thread(target=sys.stdin.read, daemon=True).start()",
                "print('ready')", "sys.stdin.read()")) {
            Pid thread = ProcFile.threads(victim.pid()).get(1);
            assertRefused(thread, FreezeError.NOT_A_PROCESS, "it is a thread of process " + victim.pid());
        }
    }

    @Test
    void aKernelThreadIsRefusedByName() {
        assertRefused(new Pid(2), FreezeError.KERNEL_THREAD, "it is a thread of the kernel (kthreadd)");
    }

    @Test
    void aProcessThatHasEndedIsRefused() throws Exception {
        try (Victim shell = Victim.start("python3", "-c", ZOMBIE)) {
            Pid zombie = new Pid(Integer.parseInt(shell.readLine()));
            while (!TaskStat.parse(ProcFile.read(zombie, "stat")).isZombie()) {
                Thread.onSpinWait();
            }
            assertRefused(zombie, FreezeError.ENDED_PROCESS, "it has ended and waits for its parent " + shell.pid());
        }
    }

    @Test
    void aTracedProcessIsRefusedWithItsTracer() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            CountDownLatch attached = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            Thread tracer = new Thread(() -> {
                RunningTask.seize(victim.pid(), 0);
                attached.countDown();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            tracer.start();
            attached.await();
            assertThat(Preflight.problems(victim.pid())).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo(FreezeError.ALREADY_TRACED);
                assertThat(problem.reason()).matches("task \\d+ \\(.+\\) traces it already");
            });
            over.countDown();
            tracer.join();
        }
    }

    @Test
    void weDoNotFreezeOurselves() {
        assertRefused(ProcessCalls.self(), FreezeError.OWN_PROCESS, "it is Stasis itself");
    }

    @Test
    void weDoNotFreezeOurAncestors() {
        Pid parent = new Pid((int) ProcessHandle.current().parent().orElseThrow().pid());
        assertThat(Preflight.problems(parent)).extracting(Problem::code)
                .containsAnyOf(FreezeError.OWN_ANCESTOR, FreezeError.INIT_PROCESS);
    }

    private static void assertRefused(Pid pid, FreezeError code, String reason) {
        assertThatThrownBy(() -> Preflight.check(pid)).isInstanceOfSatisfying(StasisException.class,
                e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(code);
                    assertThat(problem.subject()).isEqualTo("process " + pid);
                    assertThat(problem.reason()).isEqualTo(reason);
                }));
    }
}
