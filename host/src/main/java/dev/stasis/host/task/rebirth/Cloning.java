package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Has tasks bear children and threads with numbers of our choice.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/clone3.2.html">clone3(2)</a> set_tid
 */
final class Cloning {
    static final long AS_SIBLING = 0x8000; // CLONE_PARENT
    static final long SHARING_FILE_SYSTEM = 0x200; // CLONE_FS
    static final long SHARING_DESCRIPTORS = 0x400; // CLONE_FILES
    /** CLONE_VM, FS, FILES, SIGHAND, THREAD and SYSVSEM. */
    static final long AS_THREAD = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;

    private static final int ARGUMENTS = 80;
    private static final int SIGKILL = 9;
    private static final int WAIT_ALL = 0x40000000;
    static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final long PAUSE_MILLIS = 2;

    private Cloning() {}

    /**
     * Has {@code caller}, a thread of {@code parent}, bear task {@code wanted}; returns it before its first instruction, traced.
     * Waits up to two seconds for the number to become free, because whoever had it last may not be buried yet.
     */
    static StoppedTask bear(Newborn parent, NewbornThread caller, long flags, int exitSignal, Pid wanted) {
        int mark = parent.arena.mark();
        long arguments = put(parent.arena, flags, exitSignal, wanted);
        long result = caller.tryCall(SyscallNumber.CLONE3, arguments, ARGUMENTS);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (result == -Errno.EEXIST.number() && System.nanoTime() - deadline < 0) {
            pause();
            result = caller.tryCall(SyscallNumber.CLONE3, arguments, ARGUMENTS);
        }
        parent.arena.reset(mark);
        if (result == -Errno.EEXIST.number()) {
            throw new StasisException(NumberHolder.find(wanted).problem());
        }
        if (result < 0) {
            throw new KernelException("clone3", "task " + wanted, new Errno((int) -result));
        }
        return firstStop(caller.lastChild().orElse(wanted));
    }

    /**
     * Somebody born.
     *
     * @param task before its first instruction
     * @param number its number as its parent sees it
     */
    record Anyone(StoppedTask task, Pid number) {}

    /** Has {@code parent} bear a process with a number of the kernel's choice, which is none of {@code unwanted}. */
    static Anyone bearAnyone(Newborn parent, int exitSignal, Set<Pid> unwanted) {
        while (true) {
            int mark = parent.arena.mark();
            ByteBuffer arguments = Arena.structure(ARGUMENTS).putLong(32, exitSignal);
            long number = parent.leader().call("clone3", SyscallNumber.CLONE3, parent.arena.put(arguments), ARGUMENTS);
            parent.arena.reset(mark);
            Anyone anyone = new Anyone(firstStop(parent.leader().lastChild().orElseThrow()), new Pid((int) number));
            StoppedTask born = anyone.task();
            if (!unwanted.contains(anyone.number())) {
                return anyone;
            }
            Pid unusable = born.tid();
            ProcessCalls.kill(unusable, SIGKILL);
            while (!(RunningTask.attached(unusable).await() instanceof Stop.Gone)) {
                continue; // a stop that was under way
            }
            parent.call("wait4", SyscallNumber.WAIT4, number, 0, WAIT_ALL, 0);
            Funeral.forgetChildSignals(parent);
        }
    }

    /** Has {@code task}, which has but one, bear a further thread, for a moment: its number is of the kernel's choice. */
    static StoppedTask bearThread(Newborn task) {
        int mark = task.arena.mark();
        long arguments = task.arena.put(Arena.structure(ARGUMENTS).putLong(0, AS_THREAD));
        task.call("clone3", SyscallNumber.CLONE3, arguments, ARGUMENTS);
        task.arena.reset(mark);
        return firstStop(task.leader().lastChild().orElseThrow());
    }

    private static long put(Arena arena, long flags, int exitSignal, Pid wanted) {
        ByteBuffer number = Arena.structure(Integer.BYTES).putInt(0, wanted.number());
        ByteBuffer arguments = Arena.structure(ARGUMENTS);
        arguments.putLong(0, flags).putLong(32, exitSignal).putLong(64, arena.put(number)).putLong(72, 1);
        return arena.put(arguments);
    }

    private static StoppedTask firstStop(Pid born) {
        Stop stop = RunningTask.attached(born).await();
        if (stop instanceof Stop.AtEvent at) {
            return at.task();
        }
        if (stop instanceof Stop.Gone gone) {
            throw new TaskGoneException(born, gone.status());
        }
        throw new IllegalStateException("task " + born + " was born at " + stop);
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
