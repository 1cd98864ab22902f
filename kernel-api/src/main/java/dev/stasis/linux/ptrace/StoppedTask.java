package dev.stasis.linux.ptrace;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.internal.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * A traced thread while it is stopped: its registers, signal mask and pending signals can be read and set.
 *
 * <p>Resuming it gives back a {@link RunningTask} and spends this object: any further use throws
 * {@link IllegalStateException}. Calls must come from the OS thread that attached. A call on a thread that was killed
 * meanwhile throws {@link dev.stasis.linux.KernelException} with ESRCH.
 */
public final class StoppedTask {
    /** How a stopped thread goes on. */
    public enum Resume {
        /** Until a signal or an event. */
        CONTINUE(Ptrace.CONT),
        /** Until the next entry to or exit from a system call. */
        TO_SYSCALL(Ptrace.SYSCALL),
        /** For one instruction. */
        STEP(Ptrace.SINGLESTEP),
        /** Stays in its group stop, but is told when that ends. */
        LISTEN(Ptrace.LISTEN);

        private final int request;

        Resume(int request) {
            this.request = request;
        }
    }

    private static final int NT_X86_XSTATE = 0x202;
    private static final int XSTATE_MAX = 1 << 15;
    private static final int SIGINFO_SIZE = SignalInfo.SIZE;
    private static final int SIGINFO_BATCH = 128;
    private static final int FIRST_THREAD_AREA = 12;
    private static final int THREAD_AREAS = 3;
    /** The flags of one that is not in use: not present, read only. */
    private static final int NO_SEGMENT = 0x28;

    private final Pid tid;
    private boolean spent;

    StoppedTask(Pid tid) {
        this.tid = tid;
    }

    /** The thread. */
    public Pid tid() {
        return tid;
    }

    /** The general registers. */
    public Registers registers() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Registers.BYTES);
        request("PTRACE_GETREGS", Ptrace.GETREGS, 0, scratch.address(offset));
        return Registers.read(scratch.memory(), offset);
    }

    /** Sets the general registers. */
    public void registers(Registers registers) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Registers.BYTES);
        registers.write(scratch.memory(), offset);
        request("PTRACE_SETREGS", Ptrace.SETREGS, 0, scratch.address(offset));
    }

    /** The FPU, SSE, AVX ... state in the processor's standard XSAVE layout. */
    public byte[] extendedState() {
        Scratch scratch = Scratch.take();
        int iovec = scratch.reserve(16);
        int area = scratch.reserve(XSTATE_MAX);
        NativeMemory memory = scratch.memory();
        memory.putLong(iovec, scratch.address(area)).putLong(iovec + 8, XSTATE_MAX);
        request("PTRACE_GETREGSET", Ptrace.GETREGSET, NT_X86_XSTATE, scratch.address(iovec));
        return memory.get(area, (int) memory.getLong(iovec + 8));
    }

    /** Sets the state that {@link #extendedState()} told. */
    public void extendedState(byte[] state) {
        Scratch scratch = Scratch.take();
        int iovec = scratch.reserve(16);
        long area = scratch.bytes(state);
        scratch.memory().putLong(iovec, area).putLong(iovec + 8, state.length);
        request("PTRACE_SETREGSET", Ptrace.SETREGSET, NT_X86_XSTATE, scratch.address(iovec));
    }

    /** The blocked signals: bit 0 is signal 1. In the middle of sigsuspend or ppoll: the mask that comes back after it. */
    public long signalMask() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Long.BYTES);
        request("PTRACE_GETSIGMASK", Ptrace.GETSIGMASK, Long.BYTES, scratch.address(offset));
        return scratch.memory().getLong(offset);
    }

    /** Sets the blocked signals. */
    public void signalMask(long mask) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Long.BYTES);
        scratch.memory().putLong(offset, mask);
        request("PTRACE_SETSIGMASK", Ptrace.SETSIGMASK, Long.BYTES, scratch.address(offset));
    }

    /** The signals waiting for this thread alone, or those waiting for its process, oldest first, without taking them. */
    public List<SignalInfo> pendingSignals(boolean ofProcess) {
        List<SignalInfo> pending = new ArrayList<>();
        while (true) {
            Scratch scratch = Scratch.take();
            int arguments = scratch.reserve(16);
            int batch = scratch.reserve(SIGINFO_SIZE * SIGINFO_BATCH);
            NativeMemory memory = scratch.memory();
            memory.putLong(arguments, pending.size()).putInt(arguments + 8, ofProcess ? 1 : 0)
                    .putInt(arguments + 12, SIGINFO_BATCH);
            long count = request("PTRACE_PEEKSIGINFO", Ptrace.PEEKSIGINFO, scratch.address(arguments), scratch.address(batch));
            for (int i = 0; i < count; i++) {
                pending.add(new SignalInfo(memory.get(batch + i * SIGINFO_SIZE, SIGINFO_SIZE)));
            }
            if (count < SIGINFO_BATCH) {
                return pending;
            }
        }
    }

    /** Its registration for restartable sequences; the area is null when there is none or the kernel cannot tell. */
    public RseqRegistration restartableSequences() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(24);
        requireStopped();
        long result = Ptrace.request(Ptrace.GET_RSEQ_CONFIGURATION, tid, 24, scratch.address(offset));
        if (result == -Errno.EIO.number() || result == -Errno.EINVAL.number()) {
            return new RseqRegistration(RemoteAddress.NULL, 0, 0, 0);
        }
        check("ptrace PTRACE_GET_RSEQ_CONFIGURATION", tid, result);
        NativeMemory memory = scratch.memory();
        return new RseqRegistration(new RemoteAddress(memory.getLong(offset)), memory.getInt(offset + 8),
                memory.getInt(offset + 12), memory.getInt(offset + 16));
    }

    /**
     * Whether the thread has some of its system calls handed to itself as signals (PR_SET_SYSCALL_USER_DISPATCH); false where
     * the kernel cannot tell.
     */
    public boolean dispatchesOwnCalls() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(32);
        requireStopped();
        long result = Ptrace.request(Ptrace.GET_SYSCALL_USER_DISPATCH_CONFIG, tid, 32, scratch.address(offset));
        return result >= 0 && scratch.memory().getLong(offset) != 0;
    }

    /**
     * Whether the thread has a segment of its own in the global descriptor table, as 32-bit code makes them for its thread-local
     * storage; false where the kernel knows no 32-bit code.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/set_thread_area.2.html">set_thread_area(2)</a>
     */
    public boolean hasThreadAreas() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(16);
        requireStopped();
        for (int entry = FIRST_THREAD_AREA; entry < FIRST_THREAD_AREA + THREAD_AREAS; entry++) {
            if (Ptrace.request(Ptrace.GET_THREAD_AREA, tid, entry, scratch.address(offset)) < 0) {
                return false;
            }
            NativeMemory area = scratch.memory();
            if (area.getInt(offset + 4) != 0 || area.getInt(offset + 8) != 0 || area.getInt(offset + 12) != NO_SEGMENT) {
                return true;
            }
        }
        return false;
    }

    /** Whether seccomp filters judge its calls. */
    public boolean isFiltered() {
        requireStopped();
        return Ptrace.request(Ptrace.SECCOMP_GET_FILTER, tid, 0, 0) > 0;
    }

    /**
     * Its seccomp filters, the oldest first; none when it has none. Takes CAP_SYS_ADMIN, and that no filter judges this process.
     * Throws {@link dev.stasis.linux.KernelException} with EMEDIUMTYPE for a filter that the kernel has no program of.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a> PTRACE_SECCOMP_GET_FILTER
     */
    public List<SeccompFilter> seccompFilters() {
        List<SeccompFilter> filters = new ArrayList<>();
        if (!isFiltered()) {
            return filters;
        }
        while (true) {
            long count = Ptrace.request(Ptrace.SECCOMP_GET_FILTER, tid, filters.size(), 0);
            if (count == -Errno.ENOENT.number()) {
                return filters;
            }
            check("ptrace PTRACE_SECCOMP_GET_FILTER", tid, count);
            NativeMemory program = NativeMemory.allocate((int) count * SeccompFilter.INSTRUCTION);
            request("PTRACE_SECCOMP_GET_FILTER", Ptrace.SECCOMP_GET_FILTER, filters.size(), program.address());
            byte[] bytes = program.get(0, (int) count * SeccompFilter.INSTRUCTION);
            filters.add(new SeccompFilter(bytes, filterFlags(filters.size())));
        }
    }

    private int filterFlags(int index) {
        Scratch scratch = Scratch.take();
        int metadata = scratch.reserveCleared(16);
        scratch.memory().putLong(metadata, index);
        request("PTRACE_SECCOMP_GET_METADATA", Ptrace.SECCOMP_GET_METADATA, 16, scratch.address(metadata));
        return (int) scratch.memory().getLong(metadata + 8);
    }

    /** The number that goes with the event it stopped at: for a clone, the new task's tid. */
    public long eventMessage() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Long.BYTES);
        request("PTRACE_GETEVENTMSG", Ptrace.GETEVENTMSG, 0, scratch.address(offset));
        return scratch.memory().getLong(offset);
    }

    /** Replaces the options given when it was seized. */
    public void options(int options) {
        request("PTRACE_SETOPTIONS", Ptrace.SETOPTIONS, 0, options);
    }

    /** Lets it go on, with {@code signal} delivered (0 for none). */
    public RunningTask resume(Resume how, int signal) {
        request("resume", how.request, 0, signal);
        spent = true;
        return RunningTask.attached(tid);
    }

    /** Like the other; {@code interrupted}, it stops again at once, before it runs any instruction of its own. */
    public RunningTask resume(Resume how, int signal, boolean interrupted) {
        if (interrupted) {
            request("PTRACE_INTERRUPT", Ptrace.INTERRUPT, 0, 0);
        }
        return resume(how, signal);
    }

    /** Lets go of it for good; false when it is gone. It goes on with the registers it has now. */
    public boolean detach() {
        requireStopped();
        spent = true;
        long result = Ptrace.request(Ptrace.DETACH, tid, 0, 0);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        check("ptrace PTRACE_DETACH", tid, result);
        return true;
    }

    private long request(String name, int request, long address, long data) {
        requireStopped();
        return check("ptrace " + name, tid, Ptrace.request(request, tid, address, data));
    }

    private void requireStopped() {
        if (spent) {
            throw new IllegalStateException("task " + tid + " was resumed since");
        }
    }

    @Override
    public String toString() {
        return "stopped task " + tid;
    }
}
