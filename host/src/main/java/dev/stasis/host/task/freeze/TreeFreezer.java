package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.spi.Log;
import dev.stasis.spi.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stops a process with all its threads and descendants. */
public final class TreeFreezer {
    private final Pid root;
    private final Log log;
    private final Map<Pid, CallSite> sites = new HashMap<>();
    private final List<FrozenTask> tasks = new ArrayList<>();
    private final Map<Pid, FrozenTask> known = new HashMap<>();
    private Seizure seizure;
    private CpuPin pin;

    private TreeFreezer(Pid root, Log log) {
        this.root = root;
        this.log = log;
    }

    /**
     * Freezes the tree below {@code root}, for the calling thread alone: all use of the result is from this one thread.
     * Throws {@link StasisException}, with the tree running on, when a task does not stop within {@code timeout}, is traced
     * by another, or {@code root} ends meanwhile.
     */
    public static FrozenTree freeze(Pid root, Duration timeout, Log log) {
        Preflight.check(root);
        return new TreeFreezer(root, log).freeze(timeout.toNanos());
    }

    private FrozenTree freeze(long timeout) {
        prepareAll();
        Neighbourhood before = Neighbourhood.look();
        pin = CpuPin.to(TaskStat.parse(ProcFile.read(root, "stat")).processor());
        long since = System.nanoTime();
        boolean done = false;
        try {
            seizure = new Seizure(since + timeout);
            stopAll();
            pin.hurry();
            FrozenTree tree = new FrozenTree(tasks, before.of(tasks), pin, since, System.nanoTime() - since, log);
            done = true;
            return tree;
        } finally {
            if (!done) {
                giveUp();
            }
        }
    }

    /** What can be found out while the tree still runs, so that it need not stand still for it. */
    private void prepareAll() {
        List<Pid> pids = new ArrayList<>(List.of(root));
        for (int i = 0; i < pids.size(); i++) {
            prepare(pids.get(i));
            pids.addAll(ProcFile.children(pids.get(i)));
        }
    }

    private void prepare(Pid pid) {
        try (RemoteMemory memory = RemoteMemory.open(pid)) {
            Optional<CallSite> site = CallSites.find(memory, MemoryAreas.parse(ProcFile.read(pid, "smaps")));
            if (site.isPresent()) {
                sites.put(pid, site.get());
            }
        } catch (KernelException e) {
            log.debug("process " + pid + " ended or changed while it was looked at: " + e.getMessage());
        }
    }

    private void stopAll() {
        stop(List.of(root), null);
        if (tasks.isEmpty() || tasks.get(0).isEnded()) {
            throw new StasisException(Preflight.problem(FreezeError.ENDED_MEANWHILE, root, "it ended while it was being frozen", ""));
        }
        int before;
        do { // a descendant that was orphaned or cloned itself aside meanwhile may turn up at a task looked at before
            before = tasks.size();
            for (int i = 0; i < tasks.size(); i++) {
                stop(newChildren(tasks.get(i).pid()), tasks.get(i).pid());
            }
        } while (tasks.size() != before);
    }

    private List<Pid> newChildren(Pid parent) {
        List<Pid> children = new ArrayList<>();
        for (Pid child : ProcFile.children(parent)) {
            if (!known.containsKey(child)) {
                children.add(child);
            }
        }
        return children;
    }

    private void stop(List<Pid> pids, Pid parent) {
        seizure.stop(pids);
        for (Pid pid : pids) {
            addStopped(pid, parent);
        }
    }

    private void addStopped(Pid pid, Pid parent) {
        List<SeizedThread> stopped = seizure.stopped(pid);
        if (stopped.isEmpty() && !exists(pid)) {
            return;
        }
        if (!stopped.isEmpty() && !stopped.get(0).tid().equals(pid)) {
            throw new StasisException(Preflight.leaderEnded(pid));
        }
        // Opened only now: before, the process could still change to another address space by execve.
        RemoteMemory memory = stopped.isEmpty() ? null : RemoteMemory.open(pid);
        List<FrozenThread> threads = new ArrayList<>(stopped.size());
        for (SeizedThread thread : stopped) {
            threads.add(FrozenThread.settle(thread, memory));
        }
        FrozenTask task = new FrozenTask(pid, parent, threads, stopped.isEmpty() ? 0 : stopped.get(0).stopSignal(), memory,
                sites.get(pid), pin);
        tasks.add(task);
        known.put(pid, task);
        log.debug("froze process " + pid + " with " + threads.size() + " threads");
    }

    private static boolean exists(Pid pid) {
        return ProcFile.tryRead(pid, "stat").isPresent();
    }

    private void giveUp() {
        if (seizure != null) {
            seizure.abandon();
        }
        for (FrozenTask task : tasks) {
            task.close();
        }
        pin.close();
    }
}
