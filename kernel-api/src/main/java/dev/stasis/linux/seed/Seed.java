package dev.stasis.linux.seed;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.ptrace.TaskGoneException;

/**
 * A process with nothing in it: one page of code, a stack, the kernel's vdso; no environment, no descriptors, all signals at
 * their defaults. It is a child of this process, traced by the calling thread and stopped; left to run it waits for ever.
 *
 * <p>It dies with the thread that spawned it for as long as it is traced. What it inherits all the same (current directory,
 * root, umask, limits, priorities, credentials, session and group, cgroup) is this process's own; but no personality(2).
 */
public final class Seed implements AutoCloseable {
    /** Where the program stands unless asked otherwise; far from where the kernel places anything by itself. */
    public static final RemoteAddress BASE = new RemoteAddress(0x10000000);

    /** Dies with its tracer; its children and threads are traced from birth. */
    public static final int OPTIONS = RunningTask.OPTION_SYSGOOD | RunningTask.OPTION_FORK | RunningTask.OPTION_VFORK
            | RunningTask.OPTION_CLONE | RunningTask.OPTION_EXITKILL;

    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final int PR_SET_PDEATHSIG = 1;

    private final RemoteAddress base;
    private final RunningTask running;
    private StoppedTask task;

    private Seed(RemoteAddress base, RunningTask running) {
        this.base = base;
        this.running = running;
    }

    /** Spawns one from memory, with its program at {@link #BASE}. */
    public static Seed spawn() {
        return spawn(BASE);
    }

    /** Spawns one from memory, with its program at {@code base}, a multiple of {@value SeedElf#SIZE}. */
    public static Seed spawn(RemoteAddress base) {
        try (Fd program = FileCalls.memfd("seed")) {
            FileCalls.write(program, SeedElf.build(base, ProcessCalls.self()));
            return spawn(base, UnixPath.of("/proc/self/fd/" + program.number()));
        }
    }

    /**
     * Spawns one from the executable file {@code program}, which holds {@link SeedElf#build} for {@code base} with this process
     * as guardian.
     */
    public static Seed spawn(RemoteAddress base, UnixPath program) {
        try (PlainPersonality plain = new PlainPersonality()) {
            return seized(base, Spawn.program(program));
        }
    }

    private static Seed seized(RemoteAddress base, Pid pid) {
        try {
            Seed seed = new Seed(base, RunningTask.seize(pid, OPTIONS));
            seed.settle();
            return seed;
        } catch (RuntimeException | Error e) {
            ProcessCalls.kill(pid, SIGKILL);
            RunningTask.attached(pid).await();
            throw e;
        }
    }

    /**
     * Spawns one from memory as a child of this process's parent, under the number {@code number} and with its program at {@code base}.
     * Throws EEXIST when the number is taken. Signals that this process ignores have their default action in it too.
     */
    public static Seed spawnSibling(RemoteAddress base, Pid number) {
        try (PlainPersonality plain = new PlainPersonality(); Fd program = FileCalls.memfd("seed")) {
            FileCalls.write(program, SeedElf.buildSibling(base, ProcessCalls.self()));
            Seed seed = seized(base, SiblingSpawn.program(UnixPath.of("/proc/self/fd/" + program.number()), number));
            try {
                seed.heedAll();
                return seed;
            } catch (RuntimeException | Error e) {
                seed.close();
                throw e;
            }
        }
    }

    /** execve(2) leaves signals ignored that were. */
    private void heedAll() {
        Injection calls = Injection.begin(task, callSite());
        Registers home = calls.home();
        long action = home.stack().value() - 512;
        try (RemoteMemory memory = RemoteMemory.open(pid())) {
            memory.write(new RemoteAddress(action), new byte[32]);
        }
        for (int signal = 1; signal <= 64; signal++) {
            if (signal != SIGKILL && signal != SIGSTOP) {
                calls.call("rt_sigaction", SyscallNumber.RT_SIGACTION, signal, action, 0, Long.BYTES);
            }
        }
        task = calls.end();
    }

    /** Wherever it was stopped, from now on it waits; and it is no longer bound to this process but by being traced. */
    private void settle() {
        running.interrupt();
        Stop stop = running.await();
        if (!(stop instanceof Stop.AtEvent at && at.event() == Stop.AtEvent.STOP)) {
            throw stop instanceof Stop.Gone gone
                    ? new TaskGoneException(pid(), gone.status())
                    : new KernelException("ptrace PTRACE_INTERRUPT", "task " + pid() + " at " + stop, Errno.EIO);
        }
        StoppedTask stopped = ((Stop.AtEvent) stop).task();
        Registers waiting = stopped.registers().with(Registers.Name.RIP, SeedElf.waitingLoop(base).value())
                .with(Registers.Name.ORIG_RAX, -1).with(Registers.Name.RAX, 0);
        Injection calls = Injection.begin(stopped, callSite());
        calls.call("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, 0);
        calls.call("close_range", SyscallNumber.CLOSE_RANGE, 0, 0xffffffffL, 0);
        task = calls.end(waiting, 0);
    }

    /** The process. */
    public Pid pid() {
        return running.tid();
    }

    /** Its one thread, stopped. */
    public StoppedTask task() {
        return task;
    }

    /** Where it makes calls, and finds home from. */
    public CallSite callSite() {
        return SeedElf.callSite(base);
    }

    /** The page of its program. */
    public RemoteAddress base() {
        return base;
    }

    /** Kills it and waits until it is gone; nothing happens when it is. Not to be called once it was let go of for good. */
    @Override
    public void close() {
        if (ProcessCalls.kill(pid(), SIGKILL)) {
            while (!(RunningTask.attached(pid()).await() instanceof Stop.Gone)) {
                continue; // a stop that was under way
            }
        }
    }
}
