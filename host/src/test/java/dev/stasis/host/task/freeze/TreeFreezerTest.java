package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.SilentLog;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TreeFreezerTest {
    private static final String ZOMBIE = "import os, sys; pid = os.fork(); pid or os._exit(0); print(pid, flush=True); sys.stdin.read()";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RR = 2;
    /** Threads of each policy, one that passes none on to its children, and one for each CPU. */
    private static final String[] VARIOUSLY_SCHEDULED = {
        "import ctypes, os, sys, threading",
        "ready = []",
        "def be(schedule):",
        "    schedule(); ready.append(1); threading.Event().wait()",
        "def policy(number, priority=0):",
        "    return lambda: os.sched_setscheduler(0, number, os.sched_param(priority))",
        "def cpu(number):",
        "    return lambda: os.sched_setaffinity(0, {number})",
        "all = [policy(os.SCHED_BATCH), policy(os.SCHED_IDLE), policy(os.SCHED_RR, 5), lambda: os.setpriority(os.PRIO_PROCESS, 0, 7),",
        "       lambda: ctypes.CDLL(None).prctl(29, 77777),",
        "       policy(os.SCHED_OTHER | os.SCHED_RESET_ON_FORK)] + [cpu(number) for number in os.sched_getaffinity(0)]",
        "for schedule in all: threading.Thread(target=be, args=(schedule,), daemon=True).start()",
        "while len(ready) < len(all): pass",
        "print('ready'); sys.stdin.readline()",
    };
    private static final String[] COUNTING = {
        "import threading, sys, hashlib",
        "counts = [0] * 4",
        "def count(i):",
        "    while True: counts[i] += 1",
        "for i in range(3): threading.Thread(target=count, args=(i,), daemon=True).start()",
        "while True:",
        "    print(*counts)",
        "    sys.stdin.readline()",
    };

    @Test
    void aFrozenProcessStandsStillAndGoesOnAfterwards() throws Exception {
        try (Victim victim = Victim.python(COUNTING)) {
            long before;
            try (FrozenTree tree = freeze(victim)) {
                assertThat(tree.root().threads()).hasSize(4).first().isEqualTo(victim.pid());
                for (Pid thread : tree.root().threads()) {
                    assertThat(stat(victim.pid(), thread).state()).isEqualTo('t');
                }
                before = cpuTime(victim.pid());
                Thread.sleep(20);
                assertThat(cpuTime(victim.pid())).isEqualTo(before);
            }
            while (cpuTime(victim.pid()) == before) {
                Thread.onSpinWait();
            }
            assertThat(victim.isAlive()).isTrue();
        }
    }

    @Test
    void nothingIsLeftBehindByFreezingAndAsking() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            String before = traces(victim.pid());
            for (int i = 0; i < 20; i++) {
                try (FrozenTree tree = freeze(victim); RemoteCalls calls = tree.root().remoteCalls()) {
                    RemoteAddress lent = calls.lend("hello".getBytes(StandardCharsets.UTF_8));
                    assertThat(calls.read(lent, 5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
                    assertThat(calls.call(SyscallNumber.GETPID)).isEqualTo(victim.pid().number());
                    assertThat(calls.tryCall(SyscallNumber.CLOSE, -1)).isEqualTo(-9);
                }
            }
            assertThat(traces(victim.pid())).isEqualTo(before);
        }
    }

    @Test
    void memoryThatIsLentIsGivenBackAsItWas() throws Exception {
        try (Victim victim = Victim.sleeping(); FrozenTree tree = freeze(victim)) {
            FrozenThread thread = tree.root().frozenThreads().get(0);
            Foothold foothold = Foothold.choose(tree.root(), thread,
                    Tether.of(thread.tid(), ProcessCalls.affinity(thread.tid()), new byte[8],
                            ProcessCalls.affinity(thread.tid()), thread.timerSlack()));
            int size = foothold.frameSize() + foothold.lendSize();
            byte[] before = tree.root().memory().read(foothold.start(), size);
            try (RemoteCalls calls = tree.root().remoteCalls()) {
                calls.lend(new byte[] {1, 2, 3});
                RemoteAddress large = calls.lend(1 << 20);
                assertThat(calls.read(large.plus((1 << 20) - 4), 4)).containsOnly(0);
            }
            assertThat(tree.root().memory().read(foothold.start(), size)).isEqualTo(before);
        }
    }

    @Test
    void aThreadGoesBeforeOthersWhileItMakesCallsAndIsScheduledAsBeforeAfterwards() throws Exception {
        try (Victim victim = Victim.python(VARIOUSLY_SCHEDULED)) {
            List<String> before = scheduling(victim.pid());
            int policy = ThreadCalls.policy(ProcessCalls.selfThread());
            try (FrozenTree tree = freeze(victim)) {
                for (FrozenThread thread : tree.root().frozenThreads()) {
                    try (RemoteCalls calls = tree.root().remoteCalls(thread)) {
                        assertThat(calls.call(SyscallNumber.SCHED_GETSCHEDULER, 0) & 0xff).isIn((long) SCHED_FIFO, (long) SCHED_RR);
                    }
                }
                assertThat(scheduling(victim.pid())).isEqualTo(before);
            }
            assertThat(scheduling(victim.pid())).isEqualTo(before);
            assertThat(ThreadCalls.policy(ProcessCalls.selfThread())).as("that of the tool").isEqualTo(policy);
        }
    }

    private static List<String> scheduling(Pid pid) {
        List<String> lines = new ArrayList<>();
        for (Pid thread : ProcFile.threads(pid)) {
            lines.add(ThreadCalls.policy(thread) + " " + TimerSlack.of(thread) + " " + ThreadCalls.scheduling(thread) + " "
                    + Arrays.toString(ProcessCalls.affinity(thread)));
        }
        return lines;
    }

    @Test
    void eachThreadCanBeAsked() throws Exception {
        try (Victim victim = Victim.python(COUNTING); FrozenTree tree = freeze(victim)) {
            for (FrozenThread thread : tree.root().frozenThreads()) {
                try (RemoteCalls calls = tree.root().remoteCalls(thread)) {
                    assertThat(calls.call(SyscallNumber.GETTID)).isEqualTo(thread.tid().number());
                }
                assertThat(thread.stopped().registers()).isEqualTo(thread.registers());
            }
        }
    }

    @Test
    void aCallThatWasInterruptedIsNotNoticed() throws Exception {
        try (Victim victim = Victim.python("import ctypes, os", "libc = ctypes.CDLL(None, use_errno=True)",
                "epoll = libc.epoll_create1(0)", "event = ctypes.create_string_buffer(12)", "print('ready')",
                "r = libc.epoll_wait(epoll, event, 1, 400)", "os._exit(7 if r == 0 else 100 + ctypes.get_errno())")) {
            victim.awaitState('S');
            for (int i = 0; i < 5; i++) {
                try (FrozenTree tree = freeze(victim); RemoteCalls calls = tree.root().remoteCalls()) {
                    calls.call(SyscallNumber.GETPID);
                }
            }
            assertThat(victim.waitFor()).isEqualTo(7);
        }
    }

    @Test
    void aProcessThatASignalStoppedStaysStopped() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            ProcessCalls.kill(victim.pid(), 19);
            victim.awaitState('T');
            try (FrozenTree tree = freeze(victim); RemoteCalls calls = tree.root().remoteCalls()) {
                assertThat(tree.root().isGroupStopped()).isTrue();
                assertThat(calls.call(SyscallNumber.GETPID)).isEqualTo(victim.pid().number());
            }
            victim.awaitState('T');
            ProcessCalls.kill(victim.pid(), 18);
            victim.awaitState('S');
        }
    }

    @Test
    void aTreeMayBeLeftStopped() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            freeze(victim).leaveStopped();
            victim.awaitState('T');
            ProcessCalls.kill(victim.pid(), 18);
            victim.awaitState('S');
        }
    }

    @Test
    void aTreeMayBeKilled() throws Exception {
        try (Victim victim = Victim.python(COUNTING)) {
            freeze(victim).kill();
            assertThat(victim.waitFor()).isEqualTo(128 + 9);
        }
    }

    @Test
    void childrenOfAllThreadsAreFrozenToo() throws Exception {
        try (Victim victim = Victim.python("import subprocess, threading, sys",
                "def start(): subprocess.Popen(['sh', '-c', 'sleep 1000 & sleep 1000'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).wait()",
                "threading.Thread(target=start, daemon=True).start()", "print('ready')", "sys.stdin.read()")) {
            while (ProcessHandle.of(victim.pid().number()).orElseThrow().descendants().count() < 3) {
                Thread.onSpinWait();
            }
            try (FrozenTree tree = freeze(victim)) {
                assertThat(tree.tasks()).hasSize(4);
                assertThat(tree.root().parent()).isNull();
                List<Pid> seen = new ArrayList<>(List.of(victim.pid()));
                for (FrozenTask task : tree.tasks().subList(1, 4)) {
                    assertThat(seen).contains(task.parent());
                    seen.add(task.pid());
                }
            }
            assertThat(victim.stat().state()).isNotEqualTo('t');
        }
    }

    @Test
    void aZombieInTheTreeIsShownAsEnded() throws Exception {
        try (Victim shell = Victim.start("python3", "-c", ZOMBIE)) {
            Pid zombie = new Pid(Integer.parseInt(shell.readLine()));
            while (!stat(zombie, zombie).isZombie()) {
                Thread.onSpinWait();
            }
            try (FrozenTree tree = freeze(shell)) {
                assertThat(tree.tasks()).hasSize(2).last().satisfies(task -> {
                    assertThat(task.pid()).isEqualTo(zombie);
                    assertThat(task.isEnded()).isTrue();
                });
            }
        }
    }

    @Test
    void aProcessThatIsKilledWhileFrozenIsAnAnswer() throws Exception {
        try (Victim victim = Victim.sleeping(); FrozenTree tree = freeze(victim)) {
            try (RemoteCalls calls = tree.root().remoteCalls()) {
                ProcessCalls.kill(victim.pid(), 9);
                assertThatThrownBy(() -> {
                    while (true) {
                        calls.call(SyscallNumber.GETPID);
                    }
                }).isInstanceOf(TaskGoneException.class);
            }
        }
    }

    @Test
    void oneWhoIsTracedIsRefusedAndRunsOn() throws Exception {
        try (Victim victim = Victim.sleeping(); FrozenTree tree = freeze(victim)) {
            assertThatThrownBy(() -> freeze(victim)).isInstanceOf(StasisException.class).hasMessageContaining("traces it already");
            tree.release();
            tree.close();
        }
    }

    @Test
    void theEndIsAllowedOnce() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            FrozenTree tree = freeze(victim);
            tree.release();
            assertThatThrownBy(tree::kill).isInstanceOf(IllegalStateException.class);
            tree.close();
            tree.close();
        }
    }

    private static FrozenTree freeze(Victim victim) {
        return TreeFreezer.freeze(victim.pid(), LONG, new SilentLog());
    }

    private static TaskStat stat(Pid process, Pid thread) {
        return TaskStat.parse(ProcFile.read(process, "task/" + thread + "/stat"));
    }

    /** User and system time, which only a running process adds to. */
    private static long cpuTime(Pid pid) {
        return Long.parseLong(new String(ProcFile.read(pid, "schedstat"), StandardCharsets.ISO_8859_1).split(" ")[0])
                + ProcFile.threads(pid).stream().mapToLong(t -> Long.parseLong(
                        new String(ProcFile.read(pid, "task/" + t + "/schedstat"), StandardCharsets.ISO_8859_1).split(" ")[0])).sum();
    }

    /** What a freeze could leave behind: mappings, masks, affinity, descriptors, a tracer. */
    /** Without SigQ, which counts the signals of all processes of the user. */
    private static String traces(Pid pid) {
        StringBuilder traces = new StringBuilder(new String(ProcFile.read(pid, "maps"), StandardCharsets.ISO_8859_1));
        for (String line : new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1).split("\n")) {
            if (line.matches("(Sig(?!Q)|Shd|Cpus|Tracer|Threads|FDSize|Cap|Seccomp).*")) {
                traces.append(line).append('\n');
            }
        }
        return traces.append(ProcFile.descriptors(pid)).toString();
    }
}
