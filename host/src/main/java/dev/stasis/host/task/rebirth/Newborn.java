package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.CallList;
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
    final List<NewbornThread> threads = new ArrayList<>();
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
    private final CallQueue queue;
    private final OurDescriptor ourselves;

    private Newborn(TaskState state, Injection leader, CallSite site, RemoteAddress arena, CallQueue.Room room,
            OurDescriptor ourselves) {
        this.state = state;
        this.site = site;
        this.ourselves = ourselves;
        ourselves.users.add(this);
        this.memory = RemoteMemory.open(leader.tid());
        this.queue = new CallQueue(memory, room);
        this.arena = new Arena(memory, arena, Hole.ARENA_SIZE, queue);
        threads.add(new NewbornThread(this, queue, leader));
    }

    /** The one from which all others are cloned. */
    static Newborn seed(Injection leader, CallSite site, RemoteAddress arena) {
        return new Newborn(null, leader, site, arena, null, new OurDescriptor());
    }

    /** A clone of this one that is to become {@code child}, with a descriptor table of its own unless it shares this one's. */
    Newborn clone(TaskState child, StoppedTask stopped, boolean sharesTable) {
        Newborn born = new Newborn(child, begin(child, stopped), site, arena.base(), queue.room(),
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
    NewbornThread addThread(StoppedTask stopped) {
        NewbornThread thread = new NewbornThread(this, queue, begin(state, stopped));
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

    NewbornThread leader() {
        return threads.get(0);
    }

    /** Has the leader make a call, which must succeed. */
    long call(String name, int number, long... arguments) {
        return leader().call(name, number, arguments);
    }

    /** Has the leader make a call, which must succeed, later: see {@link NewbornThread#later}. */
    CallList.Call later(String name, int number, Object... arguments) {
        return leader().later(name, number, arguments);
    }

    /** Has all calls made that were to be made later: for what looks at it from outside, or closes what they refer to. */
    void settle() {
        queue.make();
    }

    /**
     * The same of all that use its descriptor table, if there are others: what they are still to do takes descriptors for a
     * moment, or goes by the one by which they know this process.
     */
    void settleSharers() {
        if (ourselves.users.size() > 1) {
            for (Newborn sharer : ourselves.users) {
                sharer.settle();
            }
        }
    }

    /** From now on calls can be made in one go, in {@code room}; and by what is cloned from it. */
    void makesCallsIn(CallQueue.Room room) {
        queue.room(room);
    }

    /** The code from which calls are made is at {@code moved} now. */
    void moveTo(CallSite moved) {
        site = moved;
        for (NewbornThread thread : threads) {
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

    /** The same, later. Our {@code file} must stay open until then. */
    CallList.Call receiveLater(Fd file) {
        return later("pidfd_getfd", SyscallNumber.PIDFD_GETFD, ourselves.number, file.number(), 0);
    }

    /** The same, for one that must come to be {@code number}, the lowest free one. */
    void receiveAs(int number, Fd file) {
        leader().later(new CallQueue.Outcome() {
            @Override
            public void check(long result) {
                if (result >= 0 && result != number) {
                    throw new IllegalStateException("task " + pid() + " took a descriptor as " + result + ", not as " + number);
                }
            }
        }, "pidfd_getfd", SyscallNumber.PIDFD_GETFD, ourselves.number, file.number(), 0);
    }

    /** Has it close descriptor {@code number}, later; a number or the call that returns it. */
    void closeDescriptor(Object number) {
        later("close", SyscallNumber.CLOSE, number);
    }

    /** Closes our access to its memory; the process itself is not touched. */
    @Override
    public void close() {
        memory.close();
    }

    /** The number of the descriptor by which all that use one table know this process. */
    private static final class OurDescriptor {
        private final List<Newborn> users = new ArrayList<>(1);
        private int number = -1;

        OurDescriptor copy() {
            OurDescriptor copy = new OurDescriptor();
            copy.number = number;
            return copy;
        }
    }
}
