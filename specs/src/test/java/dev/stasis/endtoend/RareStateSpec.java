package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.GET_MEMPOLICY;
import static dev.stasis.linux.SyscallNumber.MADVISE;
import static dev.stasis.linux.SyscallNumber.MBIND;
import static dev.stasis.linux.SyscallNumber.MEMBARRIER;
import static dev.stasis.linux.SyscallNumber.PRCTL;
import static dev.stasis.linux.SyscallNumber.SET_MEMPOLICY;
import static dev.stasis.linux.SyscallNumber.WAIT4;
import static dev.stasis.linux.SyscallNumber.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** State that few programs have, and that they would miss without knowing what they miss. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class RareStateSpec {
    private static final int PAGE = 4096;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int DROPPABLE_ANONYMOUS = 0x28;
    private static final int MPOL_BIND_STATIC = 2 | 1 << 15;
    private static final int MPOL_INTERLEAVE = 3;
    private static final int MPOL_F_ADDR = 2;
    private static final int MADV_GUARD_INSTALL = 102;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final int REGISTER_GLOBAL_EXPEDITED = 1 << 2;
    private static final int GET_REGISTRATIONS = 1 << 9;
    private static final int SIGIO = 29;
    private static final int SIGKILL = 9;
    private static final int WCLONE = 0x80000000;
    private static final int WNOHANG = 1;

    @Test
    void fromWhichNodesMemoryIsTaken(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(SET_MEMPOLICY, MPOL_BIND_STATIC, words(puppet, 1), 65);
        RemoteAddress own = puppet.map(8 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
        puppet.map(PAGE, 1, PRIVATE_ANONYMOUS); // so that the next one stays apart
        RemoteAddress usual = puppet.map(8 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
        puppet.call(MBIND, own.value(), 8 * PAGE, MPOL_INTERLEAVE, words(puppet, 1), 65, 0);

        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(policy(back, 0, 0)).isEqualTo(MPOL_BIND_STATIC);
        assertThat(policy(back, own.value(), MPOL_F_ADDR)).isEqualTo(MPOL_INTERLEAVE);
        assertThat(policy(back, usual.value(), MPOL_F_ADDR)).as("a mapping without a policy of its own").isZero();
    }

    private static int policy(Puppet puppet, long address, int flags) {
        RemoteAddress mode = puppet.calls().lend(8);
        puppet.call(GET_MEMPOLICY, mode.value(), 0, 0, address, flags);
        return (int) (puppet.memory().readLong(mode) & 0xffffffffL);
    }

    @Test
    void whatPrctlSetsForAThread(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(PRCTL, 33, 1, 1, 0, 0); // PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY
        puppet.call(PRCTL, 26, 2, 0, 0, 0); // PR_SET_TSC, PR_TSC_SIGSEGV
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, 34, 0, 0, 0, 0)).as("PR_MCE_KILL_GET").isEqualTo(1);
        RemoteAddress counter = back.calls().lend(8);
        back.call(PRCTL, 25, counter.value(), 0, 0, 0);
        assertThat((int) back.memory().readLong(counter)).as("PR_GET_TSC").isEqualTo(2);
    }

    @Test
    void hugePagesOnlyWhereTheyWereAskedFor(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        boolean known = puppet.calls().tryCall(PRCTL, 41, 1, 2, 0, 0) == 0; // PR_THP_DISABLE_EXCEPT_ADVISED, since 6.18
        if (!known) {
            puppet.call(PRCTL, 41, 1, 0, 0, 0);
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(PRCTL, 42, 0, 0, 0, 0)).as("PR_GET_THP_DISABLE").isEqualTo(known ? 3 : 1);
    }

    @Test
    void barriersThatItRegisteredFor(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.call(MEMBARRIER, REGISTER_PRIVATE_EXPEDITED, 0, 0);
        puppet.call(MEMBARRIER, REGISTER_GLOBAL_EXPEDITED, 0, 0);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(MEMBARRIER, GET_REGISTRATIONS, 0, 0)).isEqualTo(REGISTER_PRIVATE_EXPEDITED | REGISTER_GLOBAL_EXPEDITED);
        assertThat(back.call(MEMBARRIER, PRIVATE_EXPEDITED, 0, 0)).isZero();
    }

    @Test
    void childrenThatSendAnotherSignalWhenTheyEnd(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet child = root.fork(SIGIO); // beside SIGCHLD, which has no other bits
        Puppet ended = root.fork(SIGIO);
        ended.letGo();
        ProcessCalls.kill(ended.pid(), SIGKILL);
        Await.until("it has ended", () -> ProcessStates.of(ended.pid()) == 'Z');
        child.letGo();
        root.blockSignals(1L << SIGIO - 1); // that of the one that has ended waits
        root.letGo();

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        ProcessCalls.kill(child.pid(), SIGKILL);
        Await.until("it has ended", () -> ProcessStates.of(child.pid()) == 'Z');
        assertThat(back.calls().tryCall(WAIT4, child.pid().number(), 0, WNOHANG, 0)).as("it is no child as of fork(2)")
                .isEqualTo(-Errno.ECHILD.number());
        assertThat(back.call(WAIT4, child.pid().number(), 0, WNOHANG | WCLONE, 0)).isEqualTo(child.pid().number());
        assertThat(back.call(WAIT4, ended.pid().number(), 0, WNOHANG | WCLONE, 0)).isEqualTo(ended.pid().number());
    }

    @Test
    void guardsInTheMiddleOfMemory(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        RemoteAddress memory = root.map(8 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS);
        for (int page = 0; page < 8; page++) {
            root.memory().writeLong(memory.plus(page * PAGE), 100 + page);
        }
        root.call(MADVISE, memory.plus(2 * PAGE).value(), 2 * PAGE, MADV_GUARD_INSTALL);
        Puppet child = root.fork();
        child.call(MADVISE, memory.plus(3 * PAGE).value(), PAGE, MADV_GUARD_INSTALL + 1); // removes that one
        child.memory().writeLong(memory.plus(3 * PAGE), 77);
        child.call(MADVISE, memory.plus(6 * PAGE).value(), PAGE, MADV_GUARD_INSTALL);
        child.letGo();
        root.letGo();

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);
        Puppet childBack = sandbox.own(Puppet.attach(child.pid()));

        assertThat(readable(back, sandbox, memory)).containsExactly(100L, 101L, null, null, 104L, 105L, 106L, 107L);
        assertThat(readable(childBack, sandbox, memory)).containsExactly(100L, 101L, null, 77L, 104L, 105L, null, 107L);
    }

    /** The first number of each page that the puppet can read; null for the others. */
    private static Long[] readable(Puppet puppet, Sandbox sandbox, RemoteAddress memory) {
        Long[] numbers = new Long[8];
        RemoteFd file = puppet.open(Path.of("/dev/shm/stasis-test-" + puppet.pid()), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        for (int page = 0; page < numbers.length; page++) {
            RemoteAddress at = memory.plus(page * PAGE);
            boolean isThere = puppet.calls().tryCall(WRITE, file.number(), at.value(), 8) == 8;
            numbers[page] = isThere ? puppet.memory().readLong(at) : null;
        }
        sandbox.own(() -> Files.deleteIfExists(Path.of("/dev/shm/stasis-test-" + puppet.pid())));
        return numbers;
    }

    @Test
    void memoryThatTheKernelMayDropIsThereButEmpty(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress memory = puppet.map(PAGE, READ_WRITE, DROPPABLE_ANONYMOUS);
        puppet.memory().writeLong(memory, 4711);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet); // which compares the flags of all mappings
        assertThat(back.memory().readLong(memory)).as("the seed of random numbers that must not come twice").isZero();
    }

    @Test
    void aTimerWhoseThreadHasEndedGoesOnUnheard(Stasis stasis, Sandbox sandbox) throws IOException {
        Program back = new Cycle(stasis, sandbox).throughDeath(start(sandbox, "timer-for-ended-thread"));
        assertThat(Files.readString(Path.of("/proc/" + back.pid() + "/timers"))).contains("ID: 0\n", "notify: none/pid.", "ClockID: 1\n");
    }

    @Test
    void theKernelsCodeBetweenPagesOfTheProgram(Stasis stasis, Sandbox sandbox) throws IOException {
        Program program = start(sandbox, "moved-vdso");
        String vdso = vdso(program.pid());
        assertThat(vdso(new Cycle(stasis, sandbox).throughDeath(program).pid())).isEqualTo(vdso);
    }

    private static String vdso(Pid pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/maps")).lines().filter(line -> line.endsWith("[vdso]")).findFirst().orElseThrow();
    }

    /** Starts {@code rare.c}, which makes what {@code arguments} say. */
    static Program start(Sandbox sandbox, String... arguments) {
        String[] command = new String[1 + arguments.length];
        command[0] = Programs.compileC("rare.c").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Program program = sandbox.start(command);
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready")));
        return program;
    }

    private static long words(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }
}
