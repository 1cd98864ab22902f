package dev.stasis.linux.ptrace;

import dev.stasis.linux.CallList;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import java.util.Optional;

/**
 * A stopped thread that makes system calls for us, one after the other, with all its signals blocked. {@link #end()} gives
 * it back its registers and signal mask and leaves it stopped as if nothing had been.
 *
 * <p>Calls go from one system-call stop to the next, never by single steps: a step ends in a SIGTRAP, which would kill the
 * thread should this process die at that moment.
 */
public final class Injection {
    private static final long ALL_SIGNALS = -1L;
    private static final int SIGTRAP = 5;

    private final Registers saved;
    private final long savedMask;
    private final CallingThread thread;
    private final RemoteAddress stack;
    private CallSite site;
    private boolean stepping;

    private Injection(StoppedTask task, CallSite site, Registers saved, long savedMask, RemoteAddress stack) {
        this.thread = new CallingThread(task);
        this.site = site;
        this.saved = saved;
        this.savedMask = savedMask;
        this.stack = stack;
    }

    /**
     * Begins in a thread that has nothing to lose, such as one just born by a restore: should this process die, the thread
     * is killed (by PTRACE_O_EXITKILL).
     */
    public static Injection begin(StoppedTask task, CallSite site) {
        Registers registers = task.registers();
        return start(new Injection(task, site, registers, task.signalMask(), registers.stack()));
    }

    /**
     * Begins in a thread that must survive whatever happens to this process: a signal frame that leads home is written first,
     * below the thread's stack.
     *
     * @param registers what the thread is to go home to, usually those it has
     */
    public static Injection beginSafely(StoppedTask task, CallSite site, RemoteMemory memory, Registers registers) {
        byte[] extended = task.extendedState();
        return beginSafely(task, site, memory, registers, extended,
                SignalFrame.belowStack(registers, SignalFrame.size(extended)));
    }

    /** Like the other, with the frame at {@code frame} instead, where at least {@link #frameSize} bytes are free. */
    public static Injection beginSafely(
            StoppedTask task, CallSite site, RemoteMemory memory, Registers registers, byte[] extended, RemoteAddress frame) {
        return beginSafely(task, site, memory, registers, extended, frame, WayHome.STRAIGHT);
    }

    /** Like the other, for a thread that goes home by {@code way}; at {@code frame} {@link WayHome#frameSize} bytes are free. */
    public static Injection beginSafely(StoppedTask task, CallSite site, RemoteMemory memory, Registers registers, byte[] extended,
            RemoteAddress frame, WayHome way) {
        long mask = task.signalMask();
        if (!site.returnsHome()) {
            return start(new Injection(task, site, registers, mask, registers.stack()));
        }
        // 1 the frames stand; 2 the registers lead into the first; 3 only then are signals blocked. Should we die between any
        // two, the thread either was not changed yet or runs through the frames, the last of which also gives the mask back.
        memory.write(frame, way.frames(site, registers, mask, extended, frame));
        return start(new Injection(task, site, registers, mask, frame));
    }

    /** How many bytes a frame takes for a thread with this extended state. */
    public static int frameSize(byte[] extended) {
        return SignalFrame.size(extended);
    }

    /**
     * Like {@link #begin}, with one stop for each call rather than two: the thread steps over the instruction. Not for a thread
     * that ignores SIGTRAP or has it waiting, because each step sends that.
     */
    public static Injection beginStepping(StoppedTask task, CallSite site) {
        Registers registers = task.registers();
        Injection injection = new Injection(task, site, registers, task.signalMask(), registers.stack());
        injection.stepping = true;
        return start(injection);
    }

    private static Injection start(Injection injection) {
        injection.task().registers(injection.idle());
        // A step that finds its signal blocked would have the kernel reset the signal's action.
        injection.task().signalMask(injection.stepping ? ALL_SIGNALS & ~(1L << (SIGTRAP - 1)) : ALL_SIGNALS);
        return injection;
    }

    /** Registers with which the thread makes a harmless call (getpid) and then, where there is a frame, goes home. */
    private Registers idle() {
        return saved.forCall(39, site.syscall(), stack);
    }

    /** The thread. */
    public Pid tid() {
        return thread.task().tid();
    }

    /** The thread as it stands; for reading and setting more of its state between calls. */
    public StoppedTask task() {
        return thread.task();
    }

    /** The registers it goes home to. */
    public Registers home() {
        return saved;
    }

    /** The signal mask it goes home to. */
    public long homeMask() {
        return savedMask;
    }

    /** Makes the next calls at {@code site}: the code has moved. */
    public void moveTo(CallSite moved) {
        site = moved;
    }

    /** The task that the last call gave birth to, in this process's numbering; empty when it gave birth to none. */
    public Optional<Pid> lastChild() {
        return thread.lastChild();
    }

    /** Makes system call {@code number}; returns what it returned, a negative errno when it failed. */
    public long tryCall(int number, long... arguments) {
        thread.begin(saved.forCall(number, site.syscall(), stack, arguments));
        if (stepping) {
            return thread.stepOver(site.syscall()).get(Registers.Name.RAX);
        }
        thread.toSystemCall();
        thread.toSystemCall();
        return task().registers().get(Registers.Name.RAX);
    }

    /** Makes system call {@code number}; returns what it returned, throws {@link KernelException} when it failed. */
    public long call(String name, int number, long... arguments) {
        long result = tryCall(number, arguments);
        if (result < 0 && result >= -4095) {
            throw new KernelException(name, "in task " + tid(), new Errno((int) -result));
        }
        return result;
    }

    /**
     * Has the thread make all calls of {@code list} by itself, by the code at {@code site}, and stop at the end; their results are with
     * the calls then. Throws nothing when one of them fails: see {@link CallList#failed()}.
     *
     * @param memory the thread's memory
     * @param room where {@link CallList#size()} bytes of it are free, at a multiple of 16
     */
    public void callAll(CallList list, LoopSite site, RemoteMemory memory, RemoteAddress room) {
        if (!stepping) {
            throw new IllegalStateException("task " + tid() + " must not get the SIGTRAP that ends a list of calls");
        }
        memory.write(room, list.layOut(room));
        thread.begin(saved.forCall(0, site.start(), stack).with(Registers.Name.RBX, room.value()));
        thread.toTrap(site.end());
        list.takeResults(memory.read(room, list.resultSize()));
    }

    /** Whether {@link #callAll} can be asked for. */
    public boolean isStepping() {
        return stepping;
    }

    /**
     * Takes the thread home: its own registers and signal mask, stopped where the kernel restarts interrupted calls by itself.
     * Nothing more is called through this object.
     */
    public StoppedTask end() {
        return end(saved, savedMask);
    }

    /** Like {@link #end()}, with other registers and another mask than at the beginning. */
    public StoppedTask end(Registers registers, long mask) {
        StoppedTask task = thread.toEventStop();
        // The mask first: should we die in between, the thread goes home through its frame, which gives the mask back too. The
        // other way round it would go on with all signals blocked.
        task.signalMask(mask);
        task.registers(registers);
        thread.sendHeldBack();
        return task;
    }
}
