package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the kernel still tells of those that have ended, it tells of them after a restore too. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ZombieSpec {
    private static final int SIGUSR1 = 10;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;

    @Test
    void userMasksSchedulingLimitsAndConfinementOfTheDeadAreKept(Stasis stasis, Sandbox sandbox) {
        Path lines = sandbox.path("lines");
        Program parent = sandbox.start(Programs.python(), Programs.source("zombies.py").toString(), lines.toString());
        Await.until("all its children have ended", () -> FileContents.text(lines).contains("\n"));
        List<Pid> dead = dead(FileContents.text(lines));
        List<ProcessSnapshot> before = dead.stream().map(ProcessSnapshot::of).toList();

        Program back = new TreeCycle(stasis, sandbox).throughDeath(parent);

        for (int i = 0; i < dead.size(); i++) {
            assertThat(before.get(i).differences(ProcessSnapshot.of(dead.get(i)), Tolerances.OF_A_DESCENDANT))
                    .as("zombie " + i).isEmpty();
        }
        ProcessCalls.kill(back.pid(), SIGUSR1);
        Await.until("it has asked for all of them", () -> FileContents.text(lines).contains("done"));
        assertThat(FileContents.text(lines).lines().skip(1)).containsExactly(
                waited(1000, CLD_EXITED, 3), waited(0, CLD_KILLED, 15), waited(0, CLD_EXITED, 4), waited(0, CLD_KILLED, 9),
                waited(0, CLD_EXITED, 5), waited(0, CLD_EXITED, 6), waited(0, CLD_KILLED, 15), "done");
    }

    @Test
    void aChildThatSeccompKilledIsKept(Stasis stasis, Sandbox sandbox) {
        Path lines = sandbox.path("lines");
        Program parent = sandbox.start(Programs.python(), "-c", """
                import ctypes, os, signal
                def tell(text): open('%s', 'a').write(text + '\\n')
                child = os.fork()
                if child == 0:
                    ctypes.CDLL(None).prctl(22, 1, 0, 0, 0) # PR_SET_SECCOMP, SECCOMP_MODE_STRICT
                    os.getppid()
                signal.signal(signal.SIGUSR1, lambda *_: None)
                os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
                tell('dead')
                signal.pause()
                tell('status %%d' %% os.waitpid(child, 0)[1])
                signal.pause()
                """.formatted(lines));
        Await.until("its child has ended and it waits", () -> FileContents.text(lines).equals("dead\n")
                && parent.systemCall().isPresent());

        Program back = new TreeCycle(stasis, sandbox).throughDeath(parent);

        Await.until("it waits again", () -> back.systemCall().isPresent());
        ProcessCalls.kill(back.pid(), SIGUSR1);
        Await.until("it has asked", () -> FileContents.text(lines).equals("dead\nstatus 9\n"));
    }

    private static String waited(int user, int code, int status) {
        return "waited " + user + " " + code + " " + status;
    }

    private static List<Pid> dead(String lines) {
        List<Pid> dead = new ArrayList<>();
        for (String number : lines.lines().findFirst().orElseThrow().substring("children ".length()).split(" ")) {
            dead.add(new Pid(Integer.parseInt(number)));
        }
        return dead;
    }
}
