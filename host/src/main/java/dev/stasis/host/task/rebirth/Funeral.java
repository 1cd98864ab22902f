package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.linux.ptrace.WaitStatus;
import java.nio.ByteBuffer;
import java.util.List;

/** Ends processes under construction: those the image knows as ended, helpers, and all of them when a restore fails. */
final class Funeral {
    private static final int SIGKILL = 9;
    private static final int SIGCHLD = 17;
    private static final int WAIT_ALL = 0x40000000;

    private Funeral() {}

    /** Ends {@code newborn} so that its parent sees {@code status}; it stays a zombie until its parent asks. */
    static void end(Newborn newborn, WaitStatus status) {
        long mask = newborn.state.threads().get(0).signalMask();
        newborn.leader().task().signalMask(mask);
        if (status.isExit()) {
            try {
                newborn.leader().tryCall(SyscallNumber.EXIT_GROUP, status.exitCode());
            } catch (TaskGoneException e) {
                return; // as intended; the tracer has been told, now its parent is
            }
            throw new IllegalStateException("task " + newborn.pid() + " survived exit_group(2)");
        }
        if (status.killSignal() == SIGKILL) { // takes effect at once, even while stopped
            ProcessCalls.kill(newborn.pid(), SIGKILL);
        } else if ((mask & bit(status.killSignal())) == 0) {
            take(newborn.leader().task(), newborn, status.killSignal());
        } else {
            // Its leader had blocked it, so another thread took it.
            StoppedTask other = Cloning.bearThread(newborn);
            other.signalMask(~bit(status.killSignal()));
            take(other, newborn, status.killSignal());
        }
        awaitGone(newborn.pid());
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    /** Has {@code thread} of {@code newborn} take {@code signal}, which ends it all. */
    private static void take(StoppedTask thread, Newborn newborn, int signal) {
        ProcessCalls.killThread(newborn.pid(), thread.tid(), signal);
        Stop stop = thread.resume(StoppedTask.Resume.CONTINUE, 0).await();
        while (!(stop instanceof Stop.Gone)) {
            int deliver = stop instanceof Stop.AtSignal at ? at.signal() : 0;
            stop = stopped(stop).resume(StoppedTask.Resume.CONTINUE, deliver).await();
        }
    }

    private static StoppedTask stopped(Stop stop) {
        if (stop instanceof Stop.AtSignal at) {
            return at.task();
        }
        return stop instanceof Stop.AtEvent at ? at.task() : ((Stop.AtSyscall) stop).task();
    }

    /** Kills a helper, one of {@code all}, and has its parent take note, so that nothing of it remains. */
    static void bury(Newborn helper, List<Newborn> all) {
        kill(helper);
        Newborn parent = helper.parent;
        parent.call("wait4", SyscallNumber.WAIT4, helper.number().number(), 0, WAIT_ALL, 0);
        forgetChildSignals(parent);
        helper.close();
        all.remove(helper);
    }

    /** Takes away the SIGCHLD that the deaths made here left pending: in the image they were long dead. */
    static void forgetChildSignals(Newborn parent) {
        forget(parent, SIGCHLD);
    }

    /** The same for the signal that a child was to send instead; none if that is 0. */
    static void forget(Newborn parent, int exitSignal) {
        if (exitSignal == 0) {
            return;
        }
        int mark = parent.arena.mark();
        ByteBuffer set = Arena.structure(Long.BYTES).putLong(0, 1L << (exitSignal - 1));
        long setAddress = parent.arena.put(set);
        long now = parent.arena.put(Arena.structure(16));
        long signal;
        do {
            signal = parent.leader().tryCall(SyscallNumber.RT_SIGTIMEDWAIT, setAddress, 0, now, Long.BYTES);
        } while (signal == exitSignal);
        parent.arena.reset(mark);
    }

    /**
     * Kills all of {@code born}, parents first, and waits until nothing of them is left: those that lose their parents become
     * ours for the while, because init may take its time to bury them.
     */
    static void buryAll(List<Newborn> born) {
        if (born.isEmpty()) {
            return;
        }
        boolean before = ProcessCalls.adoptOrphans(true);
        try {
            for (int i = born.size() - 1; i >= 0; i--) {
                kill(born.get(i));
            }
            for (int i = born.size() - 1; i >= 0; i--) {
                ProcessCalls.awaitChild(born.get(i).pid());
            }
        } finally {
            ProcessCalls.adoptOrphans(before);
        }
    }

    /** Kills the first process of a pid namespace, in which nobody is left. */
    static void buryInit(Newborn init) {
        kill(init);
        ProcessCalls.awaitChild(init.pid());
        init.close();
    }

    /** Kills {@code newborn} with all its threads and waits until they are gone for us. */
    static void kill(Newborn newborn) {
        ProcessCalls.kill(newborn.pid(), SIGKILL);
        List<NewbornThread> threads = newborn.threads;
        for (int i = threads.size() - 1; i >= 0; i--) {
            awaitGone(threads.get(i).tid());
        }
    }

    private static void awaitGone(Pid tid) {
        while (!(RunningTask.attached(tid).await() instanceof Stop.Gone)) {
            continue; // a stop that was under way
        }
    }
}
