package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.SignalAction;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.Arrays;
import java.util.List;

/** Gives one task its signal actions, and the signals that were on their way to it. */
final class Signals {
    private static final int ACTION = 32;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;

    private final Newborn task;

    Signals(Newborn task) {
        this.task = task;
    }

    /** Sets what signals do. */
    void act() {
        for (SignalAction action : task.state.actions()) {
            byte[] structure = Arena.structure(ACTION).putLong(0, action.handler()).putLong(8, action.flags())
                    .putLong(16, action.restorer()).putLong(24, action.mask()).array();
            task.later("rt_sigaction", SyscallNumber.RT_SIGACTION, action.signal(), structure, 0, Long.BYTES);
        }
    }

    /**
     * Sends the signals again, all blocked as they are: each task to itself, because the kernel lets nobody else give a
     * signal the look of one that came from the kernel.
     */
    void send() {
        int pid = task.number().number();
        for (SignalInfo signal : task.state.pending()) {
            send(task.leader(), signal, "rt_sigqueueinfo", SyscallNumber.RT_SIGQUEUEINFO, pid, signal.signal());
        }
        for (int i = 0; i < task.threads.size(); i++) {
            NewbornThread thread = task.threads.get(i);
            List<SignalInfo> pending = task.state.threads().get(i).pending();
            for (SignalInfo signal : pending) {
                send(thread, signal, "rt_tgsigqueueinfo", SyscallNumber.RT_TGSIGQUEUEINFO, pid, task.state.threads().get(i).tid().number(),
                        signal.signal());
            }
        }
    }

    private void send(NewbornThread thread, SignalInfo signal, String name, int call, long... target) {
        if (signal.signal() == SIGKILL || signal.signal() == SIGSTOP) {
            return; // those take effect at once and are never seen waiting but in a task that is about to end or to stop
        }
        int mark = task.arena.mark();
        long[] arguments = Arrays.copyOf(target, target.length + 1);
        arguments[target.length] = task.arena.put(signal.bytes()).value();
        long result = thread.tryCall(call, arguments);
        task.arena.reset(mark);
        if (result < 0) {
            throw new KernelException(name, "signal " + signal + " of task " + thread.tid(), new Errno((int) -result));
        }
    }
}
