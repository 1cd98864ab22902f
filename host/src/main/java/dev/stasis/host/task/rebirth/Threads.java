package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.RseqRegistration;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bears the threads of one process and registers with the kernel what each has in memory for it. */
final class Threads {
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int SS_DISABLE = 2;
    private static final int SS_ONSTACK = 1;

    private final Newborn task;
    private final Inherited inherited;

    Threads(Newborn task, Inherited inherited) {
        this.task = task;
        this.inherited = inherited;
    }

    /** Bears all threads but the leader, and registers all. The memory must be there. */
    void bear() {
        List<ThreadState> threads = task.state.threads();
        register(task.leader(), threads.get(0));
        for (int i = 1; i < threads.size(); i++) {
            ThreadState thread = threads.get(i);
            NewbornThread born = task.addThread(Cloning.bear(task, task.leader(), Cloning.AS_THREAD, 0, thread.tid()));
            Policies.set(task, born, task.policy, thread.settings().memoryPolicy());
            register(born, thread);
        }
    }

    private void register(NewbornThread thread, ThreadState state) {
        if (isSet(state.clearChildTid())) {
            thread.later("set_tid_address", SyscallNumber.SET_TID_ADDRESS, state.clearChildTid().value());
        }
        if (isSet(state.robustList())) {
            thread.later("set_robust_list", SyscallNumber.SET_ROBUST_LIST, state.robustList().value(), state.robustListSize());
        }
        rseq(thread, state.rseq());
        alternateStack(thread, state.alternateStack());
        byte[] name = (state.name() + "\0").getBytes(StandardCharsets.ISO_8859_1);
        thread.later("prctl PR_SET_NAME", SyscallNumber.PRCTL, PR_SET_NAME, name);
        if (state.timerSlack() != inherited.timerSlack()) {
            thread.later("prctl PR_SET_TIMERSLACK", SyscallNumber.PRCTL, PR_SET_TIMERSLACK, state.timerSlack());
        }
    }

    private static boolean isSet(RemoteAddress address) {
        return address != null && !address.isNull();
    }

    private static void rseq(NewbornThread thread, RseqRegistration rseq) {
        if (rseq != null && isSet(rseq.area())) {
            thread.later("rseq", SyscallNumber.RSEQ, rseq.area().value(), rseq.size(), 0, rseq.signature());
        }
    }

    /** SS_ONSTACK cannot be set: the kernel knows it by the stack pointer. */
    private static void alternateStack(NewbornThread thread, AlternateStack stack) {
        if (stack != null && (stack.flags() & SS_DISABLE) == 0) {
            byte[] structure = Arena.structure(24).putLong(0, stack.base().value())
                    .putInt(8, stack.flags() & ~SS_ONSTACK).putLong(16, stack.size()).array();
            thread.later("sigaltstack", SyscallNumber.SIGALTSTACK, structure, 0);
        }
    }
}
