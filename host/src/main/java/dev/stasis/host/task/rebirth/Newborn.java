package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.ArrayList;
import java.util.List;

/**
 * One process under construction: its threads make calls for us, the leader first of all. It dies with this process until it
 * is let go of.
 */
final class Newborn implements AutoCloseable {
    private static final int SIGTRAP = 5;

    /** What is known of it once it is complete; null for the seed, unless that becomes the root. */
    TaskState state;

    final RemoteMemory memory;
    final Arena arena;
    final List<Injection> threads = new ArrayList<>();
    /** Its number in its own pid namespace; null as long as that is the one it has for us. */
    Pid number;
    /** From which NUMA nodes its leader takes memory right now. */
    MemoryPolicy policy = MemoryPolicy.DEFAULT;
    /** From which it was cloned; null for the seed. */
    Newborn parent;
    /** Its process group and session right now. */
    Leader group;
    Leader session;
    /** Whose memory it was born with, complete; null when it was born with nothing. */
    Newborn memoryOf;
    /** Whether its own memory is complete. */
    boolean hasMemory;
    /** Whether the kernel's pages are where they were parked, rather than in their places in {@link #memoryOf}. */
    boolean isParked = true;
    private CallSite site;
    private final OurDescriptor ourselves;

    private Newborn(TaskState state, Injection leader, CallSite site, RemoteAddress arena, OurDescriptor ourselves) {
        this.state = state;
        this.site = site;
        this.ourselves = ourselves;
        this.memory = RemoteMemory.open(leader.tid());
        this.arena = new Arena(memory, arena, Hole.ARENA_SIZE);
        threads.add(leader);
    }

    /** The one from which all others are cloned. */
    static Newborn seed(Injection leader, CallSite site, RemoteAddress arena) {
        return new Newborn(null, leader, site, arena, new OurDescriptor());
    }

    /** A clone of this one that is to become {@code child}, with a descriptor table of its own unless it shares this one's. */
    Newborn clone(TaskState child, StoppedTask stopped, boolean sharesTable) {
        Newborn born = new Newborn(child, begin(child, stopped), site, arena.base(),
                sharesTable ? ourselves : ourselves.copy());
        born.group = group;
        born.session = session;
        born.policy = policy;
        born.parent = this;
        born.memoryOf = hasMemory ? this : memoryOf;
        born.isParked = !hasMemory && isParked;
        born.number = child == null ? null : child.pid();
        return born;
    }

    /** A new thread of it. */
    Injection addThread(StoppedTask stopped) {
        Injection thread = begin(state, stopped);
        threads.add(thread);
        return thread;
    }

    private Injection begin(TaskState of, StoppedTask stopped) {
        return mayStep(of) ? Injection.beginStepping(stopped, site) : Injection.begin(stopped, site);
    }

    /** A step sends SIGTRAP, with which nothing else may go on; nor may a task step that is to end or to stop by a signal. */
    private static boolean mayStep(TaskState state) {
        if (state == null) {
            return true;
        }
        if (state.life() != TaskState.Life.RUNNING || waits(state.pending())) {
            return false;
        }
        for (SignalAction action : state.actions()) {
            if (action.signal() == SIGTRAP) {
                return false;
            }
        }
        for (ThreadState thread : state.threads()) {
            if (waits(thread.pending())) {
                return false;
            }
        }
        return true;
    }

    private static boolean waits(List<SignalInfo> pending) {
        for (SignalInfo signal : pending) {
            if (signal.signal() == SIGTRAP) {
                return true;
            }
        }
        return false;
    }

    /** Its number as we see it. */
    Pid pid() {
        return leader().tid();
    }

    /** Its number as the tree sees it: another one in a new pid namespace. */
    Pid number() {
        return number == null ? pid() : number;
    }

    Injection leader() {
        return threads.get(0);
    }

    /** Has the leader make a call, which must succeed. */
    long call(String name, int number, long... arguments) {
        return leader().call(name, number, arguments);
    }

    /** The code from which calls are made is at {@code moved} now. */
    void moveTo(CallSite moved) {
        site = moved;
        for (Injection thread : threads) {
            thread.moveTo(moved);
        }
    }

    CallSite site() {
        return site;
    }

    /** The descriptor by which it knows this process; stands at {@code number} in its table from now on. */
    void knowsUsBy(int number) {
        ourselves.number = number;
    }

    int knowsUsBy() {
        return ourselves.number;
    }

    /** Has it close the descriptor by which it knows this process, unless one that shares its table did. */
    void forgetUs() {
        if (ourselves.number >= 0) {
            closeDescriptor(ourselves.number);
            ourselves.number = -1;
        }
    }

    /** Has it take a copy of our {@code file}, at the lowest free number, close-on-exec. @see pidfd_getfd(2) */
    int receive(Fd file) {
        return (int) call("pidfd_getfd", SyscallNumber.PIDFD_GETFD, ourselves.number, file.number(), 0);
    }

    void closeDescriptor(int number) {
        call("close", SyscallNumber.CLOSE, number);
    }

    /** Closes our access to its memory; the process itself is not touched. */
    @Override
    public void close() {
        memory.close();
    }

    /** The number of the descriptor by which all that use one table know this process. */
    private static final class OurDescriptor {
        private int number = -1;

        OurDescriptor copy() {
            OurDescriptor copy = new OurDescriptor();
            copy.number = number;
            return copy;
        }
    }
}
