package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of a frozen tree, all its threads stopped; or one that has ended and waits for its parent, which has no threads
 * and no memory. Only the thread that froze it may use it.
 */
public final class FrozenTask {
    private final Pid pid;
    private final Pid parent;
    private final List<FrozenThread> threads;
    private final int stopSignal;
    private final RemoteMemory memory;
    private final CallSite foundBefore;
    private final CpuPin pin;
    private CallSite site;
    private List<MemoryArea> areas;
    private TaskStat stat;
    private int exitSignal;
    private MainStack mainStack;

    FrozenTask(Pid pid, Pid parent, List<FrozenThread> threads, int stopSignal, RemoteMemory memory,
            CallSite foundBefore, CpuPin pin) {
        this.pid = pid;
        this.parent = parent;
        this.threads = List.copyOf(threads);
        this.stopSignal = stopSignal;
        this.memory = memory;
        this.foundBefore = foundBefore;
        this.pin = pin;
    }

    /** Its number. */
    public Pid pid() {
        return pid;
    }

    /** Its parent in the tree; null for the root. */
    public Pid parent() {
        return parent;
    }

    /** Its threads, the leader first. */
    public List<Pid> threads() {
        List<Pid> tids = new ArrayList<>(threads.size());
        for (FrozenThread thread : threads) {
            tids.add(thread.tid());
        }
        return tids;
    }

    /** Its threads as they stand, the leader first. */
    public List<FrozenThread> frozenThreads() {
        return threads;
    }

    /** Whether it has ended and waits for its parent. */
    public boolean isEnded() {
        return threads.isEmpty();
    }

    /** Whether a stop signal held it already before it was frozen; it stays so when it is released. */
    public boolean isGroupStopped() {
        return stopSignal != 0;
    }

    /** The signal that held it already before it was frozen: SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU; 0 for none. */
    public int stopSignal() {
        return stopSignal;
    }

    /** Its memory; borrowed, closed with the tree. */
    public RemoteMemory memory() {
        return memory;
    }

    /** What the kernel tells of it, read once when first asked for: nothing of it changes while it stands still. */
    public TaskStat stat() {
        if (stat == null) {
            byte[] bytes = ProcFile.read(pid, "stat");
            stat = TaskStat.parse(bytes);
            exitSignal = ExitSignal.of(bytes);
        }
        return stat;
    }

    /** What its parent gets when it ends: SIGCHLD, or what clone(2) was asked for, 0 for none. */
    public int exitSignal() {
        stat();
        return exitSignal;
    }

    /** Its mappings, read once when first asked for; so as it had them before any call was made in it. */
    public List<MemoryArea> areas() {
        if (areas == null) {
            areas = MemoryAreas.parse(ProcFile.read(pid, "smaps"));
        }
        return areas;
    }

    /** The stack it began with, as its threads stand. */
    MainStack mainStack() {
        if (mainStack == null) {
            mainStack = MainStack.of(this);
        }
        return mainStack;
    }

    /**
     * Has the kernel grow the stack it began with until {@code room} bytes of it are below {@code top}, as it would do when the task
     * itself got there; false when {@code top} is not in it, or it may not grow so far. A program with much on its stack may have
     * left no room at all.
     */
    boolean growMainStack(RemoteAddress top, long room) {
        if (!mainStack().contains(top)) {
            return false;
        }
        try {
            memory.read(new RemoteAddress(top.value() - room), 1);
        } catch (KernelException e) {
            return false;
        }
        areas = null;
        mainStack = null;
        return true;
    }

    /** Opens a scope of calls in its first thread. Only one scope may be open in a process at a time. */
    public RemoteCalls remoteCalls() {
        return remoteCalls(threads.get(0));
    }

    /** Opens a scope of calls in {@code thread}, for what concerns that thread alone. */
    public RemoteCalls remoteCalls(FrozenThread thread) {
        CallSite from = callSite();
        Tether tether = pin.tether(thread, from);
        return RemoteScope.open(thread, from, memory(), Foothold.choose(this, thread, tether), tether);
    }

    private CallSite callSite() {
        if (site == null) {
            boolean holds = foundBefore != null && CallSites.isValid(memory(), areas(), foundBefore);
            site = holds ? foundBefore : CallSites.find(memory(), areas()).orElse(null);
        }
        if (site == null) {
            throw noCallSite();
        }
        return site;
    }

    private StasisException noCallSite() {
        return new StasisException(Preflight.problem(FreezeError.NO_CALL_SITE, pid,
                "there is no system call instruction in its code, so that it cannot be asked for its state", ""));
    }

    void close() {
        if (memory != null) {
            memory.close();
        }
    }
}
