package dev.stasis.host.task.freeze;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The attaching to a tree and the waiting until all of it stands. A process is stopped wholly before its children are looked
 * for, so that none is born behind our back, and so that a parent in vfork(2) is not waited for while its child is held.
 */
final class Seizure {
    private static final int OPTIONS = RunningTask.OPTION_SYSGOOD | RunningTask.OPTION_FORK | RunningTask.OPTION_VFORK
            | RunningTask.OPTION_CLONE | RunningTask.OPTION_SUSPEND_SECCOMP;
    private static final int IMPATIENT_ROUNDS = 200;
    private static final long PATIENT_NANOS = 100_000;

    private final long deadline;
    private final Pid self = ProcessCalls.selfThread();
    private final Map<Integer, SeizedThread> seized = new LinkedHashMap<>();

    /** A seizure that gives up at {@code deadline} (System.nanoTime). */
    Seizure(long deadline) {
        this.deadline = deadline;
    }

    /** Stops all threads of the processes {@code pids}, all at a time: the stopping of one need not wait for that of another. */
    void stop(List<Pid> pids) {
        boolean found = true;
        while (found) {
            found = false;
            for (Pid pid : pids) {
                found |= seizeNew(pid);
            }
            if (found) {
                awaitAll();
            }
        }
    }

    /** The threads of process {@code pid} that were stopped, the leader first; none when it has ended. */
    List<SeizedThread> stopped(Pid pid) {
        List<SeizedThread> threads = new ArrayList<>();
        for (Pid tid : ProcFile.threads(pid)) {
            SeizedThread thread = seized.get(tid.number());
            if (thread != null && thread.isStopped()) {
                threads.add(tid.equals(pid) ? 0 : threads.size(), thread);
            }
        }
        return threads;
    }

    /** Attaches to the threads of {@code pid} that are not known yet; returns whether there were any. */
    private boolean seizeNew(Pid pid) {
        boolean found = false;
        for (Pid tid : ProcFile.threads(pid)) {
            SeizedThread known = seized.get(tid.number());
            if (known == null) {
                known = seize(tid);
            }
            if (known != null && known.isOpen()) {
                known.interrupt();
                found = true;
            }
        }
        return found;
    }

    private SeizedThread seize(Pid tid) {
        try {
            return add(RunningTask.seize(tid, OPTIONS));
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                return null;
            }
            if (e.is(Errno.EPERM)) {
                return refused(tid, e);
            }
            throw e;
        }
    }

    private SeizedThread add(RunningTask running) {
        SeizedThread thread = new SeizedThread(running);
        seized.put(running.tid().number(), thread);
        return thread;
    }

    /** EPERM: it has ended, or is traced by another, or by us because the kernel attached to it when it was born. */
    private SeizedThread refused(Pid tid, KernelException e) {
        Optional<byte[]> stat = ProcFile.tryRead(tid, "stat");
        Optional<byte[]> status = ProcFile.tryRead(tid, "status");
        if (stat.isEmpty() || status.isEmpty() || TaskStat.parse(stat.get()).isZombie()) {
            return null;
        }
        int tracer = TaskStatus.parse(status.get()).tracer();
        if (tracer == self.number()) {
            Strays.forget(tid);
            return add(RunningTask.attached(tid));
        }
        if (tracer != 0) {
            throw new StasisException(Preflight.tracedBy(tid, tracer), e);
        }
        throw new StasisException(Preflight.problem(FreezeError.MISSING_CAPABILITY, tid,
                "the kernel does not allow to trace it (EPERM)", "run Stasis as root, outside of a confining container"), e);
    }

    private void awaitAll() {
        int rounds = 0;
        while (pollAll()) {
            if (System.nanoTime() - deadline > 0) {
                throw new StasisException(late());
            }
            if (++rounds < IMPATIENT_ROUNDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(PATIENT_NANOS);
            }
        }
    }

    /** Looks at all threads once; returns whether some have still to stop. */
    private boolean pollAll() {
        boolean open = false;
        for (SeizedThread thread : new ArrayList<>(seized.values())) {
            if (thread.isOpen()) {
                Optional<Stop.AtEvent> event = thread.poll();
                if (event.isPresent()) {
                    birth(thread, event.get());
                }
                open |= thread.isOpen() && !thread.mayRun();
            }
        }
        return open;
    }

    /** The kernel attached to the new task. A thread or child stands still already; a child of vfork has to run. */
    private void birth(SeizedThread parent, Stop.AtEvent event) {
        int number = (int) event.task().eventMessage();
        if (number > 0 && !seized.containsKey(number)) {
            add(RunningTask.attached(new Pid(number)));
        }
        if (event.event() == Stop.AtEvent.VFORK && number > 0) {
            seized.get(number).letRun();
        }
        parent.goOn(event.task(), 0);
    }

    private List<Problem> late() {
        List<Problem> problems = new ArrayList<>();
        for (SeizedThread thread : seized.values()) {
            if (thread.isOpen()) {
                problems.add(Preflight.problem(FreezeError.DID_NOT_STOP, thread.tid(),
                        "it did not stop in time: " + doing(thread.tid()), help(thread.tid())));
            }
        }
        return problems;
    }

    /** The thread with which Java waits for each child that it started takes the news of a stop away from us. */
    private static String help(Pid tid) {
        Optional<byte[]> stat = ProcFile.tryRead(tid, "stat");
        boolean ourChild = stat.isPresent() && TaskStat.parse(stat.get()).parent() == ProcessCalls.self().number();
        return ourChild ? "it was started by this very Java process, which waits for it: let something else start it"
                : "try again later or with a longer --timeout";
    }

    private static String doing(Pid tid) {
        Optional<byte[]> stat = ProcFile.tryRead(tid, "stat");
        if (stat.isEmpty()) {
            return "it is about to end";
        }
        TaskStat parsed = TaskStat.parse(stat.get());
        Optional<byte[]> channel = ProcFile.tryRead(tid, "wchan");
        String where = channel.isEmpty() ? "" : new String(channel.get(), StandardCharsets.ISO_8859_1);
        return "state " + parsed.state() + " (" + parsed.name() + (where.isEmpty() || where.equals("0") ? "" : ", in " + where) + ")";
    }

    /** Lets all go that stand. What does not stand yet goes free when it does: see {@link Strays}. */
    void abandon() {
        for (SeizedThread thread : seized.values()) {
            if (thread.isOpen() && !thread.isGone()) {
                thread.poll();
            }
            thread.detach();
            if (thread.isOpen()) {
                Strays.add(thread);
            }
        }
    }
}
