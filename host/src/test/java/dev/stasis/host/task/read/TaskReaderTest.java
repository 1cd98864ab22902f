package dev.stasis.host.task.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.freeze.Victim;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TaskReaderTest {
    private static final TaskFiles FILES = new TaskFiles() {
        @Override
        public OpenFileId idOf(Holder holder) {
            return new OpenFileId(holder instanceof Holder.Mapping ? 2 : holder instanceof Holder.Executable ? 3 : 4);
        }

        @Override
        public List<DescriptorEntry> table(Pid task) {
            return List.of(new DescriptorEntry(0, new OpenFileId(5), true));
        }
    };

    @Test
    void kinshipLimitsAndSettingsAreThoseOfProc() throws Exception {
        try (Victim victim = Victim.python("import os, sys, resource", "os.setpgid(0, 0); os.umask(0o27)",
                "resource.setrlimit(resource.RLIMIT_NOFILE, (77, 99))", "open('/proc/self/oom_score_adj', 'w').write('123')",
                "open('/proc/self/coredump_filter', 'w').write('0x11')", "print('ready')", "sys.stdin.read()")) {
            TaskState state = read(victim);

            assertThat(state.pid()).isEqualTo(victim.pid());
            assertThat(state.parent()).isNull();
            assertThat(state.group().pid()).isEqualTo(victim.pid());
            assertThat(state.session()).as("this test is in it too").isEqualTo(Leader.OUTSIDE);
            assertThat(state.life()).isEqualTo(TaskState.Life.RUNNING);
            assertThat(state.fileSystem().umask()).isEqualTo(027);
            assertThat(state.limits().get(7)).satisfies(limit -> {
                assertThat(limit.soft()).isEqualTo(77);
                assertThat(limit.hard()).isEqualTo(99);
            });
            assertThat(state.settings().oomScoreAdjustment()).isEqualTo(123);
            assertThat(state.settings().coredumpFilter()).isEqualTo(0x11);
            assertThat(state.settings().dumpable()).isEqualTo(1);
            assertThat(state.descriptors()).isEqualTo(FILES.table(victim.pid()));
        }
    }

    @Test
    void signalsAreReadWithActionsMasksAndWaitingValues() throws Exception {
        try (Victim victim = Victim.python("import ctypes, os, signal, sys",
                "signal.signal(signal.SIGUSR1, lambda *a: 0); signal.signal(signal.SIGHUP, signal.SIG_IGN)",
                "signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR2, 40})",
                "os.kill(os.getpid(), signal.SIGUSR2)", "ctypes.CDLL(None).sigqueue(os.getpid(), 40, ctypes.c_void_p(0x1234))",
                "signal.pthread_kill(__import__('threading').get_ident(), 40)", "print('ready')", "sys.stdin.read()")) {
            TaskState state = read(victim);

            assertThat(state.actions()).extracting(SignalAction::signal).contains(1, 10, 2).doesNotContain(12);
            assertThat(state.actions()).filteredOn(action -> action.signal() == 1).singleElement()
                    .satisfies(action -> assertThat(action.handler()).isEqualTo(1));
            assertThat(state.actions()).filteredOn(action -> action.signal() == 10).singleElement()
                    .satisfies(action -> assertThat(action.restorer()).isNotZero());
            assertThat(state.threads().get(0).signalMask()).isEqualTo(1L << 11 | 1L << 39);
            assertThat(state.pending()).extracting(SignalInfo::signal).containsExactlyInAnyOrder(12, 40);
            assertThat(state.threads().get(0).pending()).extracting(SignalInfo::signal).containsExactly(40);
        }
    }

    @Test
    void signalsThatComeLateAreReadAgain() throws Exception {
        try (Victim victim = Victim.python("import signal, sys", "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})",
                "print('ready')", "sys.stdin.read()");
                FrozenTree tree = freeze(victim)) {
            TaskState early = TaskReader.read(tree.root(), Kinship.of(tree), FILES, Sharing.alone(tree.root().pid()));
            ProcessCalls.kill(victim.pid(), 12);
            TaskState late = TaskReader.withPending(early, tree.root());

            assertThat(early.pending()).isEmpty();
            assertThat(late.pending()).extracting(SignalInfo::signal).containsExactly(12);
            assertThat(late.threads()).hasSameSizeAs(early.threads());
            assertThat(late.memory()).isSameAs(early.memory());
        }
    }

    @Test
    void timersAreReadWithTheirPeriods() throws Exception {
        try (Victim victim = Victim.python("import ctypes, signal, sys", "signal.setitimer(signal.ITIMER_REAL, 1000, 2000)",
                "signal.setitimer(signal.ITIMER_PROF, 500)", "libc = ctypes.CDLL(None)",
                "sev = (ctypes.c_int * 16)(0x77, 0, 10, 0); id = ctypes.c_int()",
                "libc.syscall(222, 1, sev, ctypes.byref(id))",
                "libc.syscall(223, id, 0, (ctypes.c_long * 4)(3, 5, 1000, 0), 0)", "print('ready')", "sys.stdin.read()")) {
            TaskState state = read(victim);

            assertThat(state.intervalTimers()).hasSize(3);
            assertThat(state.intervalTimers().get(0).intervalMicros()).isEqualTo(2_000_000_000L);
            assertThat(state.intervalTimers().get(0).valueMicros()).isBetween(1L, 1_000_000_000L);
            assertThat(state.intervalTimers().get(1).valueMicros()).isZero();
            assertThat(state.intervalTimers().get(2).valueMicros()).isPositive();
            assertThat(state.posixTimers()).singleElement().satisfies(timer -> {
                assertThat(timer.clock()).isEqualTo(1);
                assertThat(timer.signal()).isEqualTo(10);
                assertThat(timer.value().value() & 0xffffffffL).isEqualTo(0x77);
                assertThat(timer.intervalNanos()).isEqualTo(3_000_000_005L);
                assertThat(timer.valueNanos()).isBetween(1L, 1_000_000_000_000L);
            });
        }
    }

    @Test
    void everyThreadIsReadWithItsOwnState() throws Exception {
        try (Victim victim = Victim.python("import ctypes, os, sys, threading", "libc = ctypes.CDLL(None)",
                "started = threading.Barrier(3)",
                "def work(name):",
                "    libc.prctl(15, name, 0, 0, 0); libc.prctl(29, 777000, 0, 0, 0)",
                "    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); started.wait(); sys.stdin.read()",
                "for name in (b'one', b'two'): threading.Thread(target=work, args=(name,), daemon=True).start()", "started.wait()",
                "print('ready')", "sys.stdin.read()")) {
            TaskState state = read(victim);

            assertThat(state.threads()).hasSize(3);
            assertThat(state.threads()).extracting(ThreadState::name).startsWith("python3").contains("one", "two");
            for (ThreadState thread : state.threads()) {
                assertThat(thread.rseq().area().isNull()).isFalse();
                assertThat(thread.robustList()).isNotNull();
                assertThat(thread.clearChildTid()).isNotNull();
                assertThat(thread.credentials().effectiveUid()).isZero();
                boolean leader = thread.tid().equals(victim.pid());
                assertThat(thread.timerSlack()).isEqualTo(leader ? 50_000 : 777_000);
                assertThat(bits(thread.scheduling().cpus())).isEqualTo(
                        leader ? Runtime.getRuntime().availableProcessors() : 1);
            }
        }
    }

    @Test
    void memoryIsReadWithItsKindsAndLayout() throws Exception {
        try (Victim victim = Victim.python("import mmap, sys", "shared = mmap.mmap(-1, 8192)", "print('ready')", "sys.stdin.read()")) {
            TaskState state = read(victim);
            List<Mapping> mappings = state.memory().mappings();

            assertThat(state.memory().executable()).isEqualTo(new OpenFileId(3));
            assertThat(mappings).extracting(Mapping::kind).contains(Mapping.Kind.VDSO, Mapping.Kind.VVAR,
                    Mapping.Kind.PRIVATE_ANONYMOUS, Mapping.Kind.PRIVATE_FILE);
            assertThat(mappings).filteredOn(mapping -> mapping.kind() == Mapping.Kind.SHARED_ANONYMOUS).singleElement()
                    .satisfies(mapping -> {
                        assertThat(mapping.sharedObject()).isNotZero();
                        assertThat(mapping.length()).isEqualTo(8192);
                        assertThat(mapping.file()).isNull();
                    });
            assertThat(state.memory().layout().brk()).isGreaterThan(state.memory().layout().startBrk());
            assertThat(state.memory().layout().startStack()).isEqualTo(victim.stat().startStack());
            assertThat(state.memory().auxiliaryVector()).endsWith(0, 0);
        }
    }

    @Test
    void aProcessThatASignalStoppedIsReadAsStopped() throws Exception {
        try (Victim victim = Victim.sleeping()) {
            ProcessCalls.kill(victim.pid(), 19);
            victim.awaitState('T');
            assertThat(read(victim).life()).isEqualTo(TaskState.Life.STOPPED);
            victim.awaitState('T');
        }
    }

    private static int bits(byte[] mask) {
        int bits = 0;
        for (byte b : mask) {
            bits += Integer.bitCount(b & 0xff);
        }
        return bits;
    }

    private static TaskState read(Victim victim) {
        try (FrozenTree tree = freeze(victim)) {
            return TaskReader.read(tree.root(), Kinship.of(tree), FILES, Sharing.alone(tree.root().pid()));
        }
    }

    private static FrozenTree freeze(Victim victim) {
        return TreeFreezer.freeze(victim.pid(), Duration.ofSeconds(30), new SilentLog());
    }
}
