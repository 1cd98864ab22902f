package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls of a process that had ended when the tree was dumped: one with its number comes into being for them and ends again. It shares
 * our descriptors.
 */
final class CallsOfEndedProcess extends PeerCalls {
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;

    private final Pid pid;
    private final NativeMemory results = NativeMemory.allocate(RESULTS);
    private final List<CallSequence.Step> steps = new ArrayList<>();
    private CallSequence sequence = new CallSequence();

    CallsOfEndedProcess(Credentials wanted, Credentials ours) {
        super(wanted, ours);
        this.pid = new Pid(wanted.pid());
    }

    @Override
    Object add(String name, int number, Object... arguments) {
        Object[] known = arguments.clone();
        for (int i = 0; i < known.length; i++) {
            if (known[i] instanceof byte[] bytes) {
                known[i] = NativeMemory.allocate(bytes.length).put(0, bytes);
            }
        }
        CallSequence.Step step = sequence.call(name, "for process " + pid, number, known);
        steps.add(step);
        return step;
    }

    @Override
    void run() {
        CallSequence made = sequence;
        sequence = new CallSequence();
        // It shares our memory, which a change of users makes undumpable.
        long dumpable = SystemCalls.call("prctl PR_GET_DUMPABLE", "", SyscallNumber.PRCTL, PR_GET_DUMPABLE);
        try {
            made.runAs(pid);
        } finally {
            SystemCalls.call("prctl PR_SET_DUMPABLE", "", SyscallNumber.PRCTL, PR_SET_DUMPABLE, dumpable);
        }
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).result(); // or what it failed with
        }
        steps.clear();
    }

    @Override
    int result(Object call) {
        return (int) ((CallSequence.Step) call).result();
    }

    @Override
    long results() {
        return results.address();
    }

    @Override
    int resultAt(int offset) {
        return results.getInt(offset);
    }

    @Override
    int give(Fd file) {
        return file.number();
    }

    @Override
    Fd take(int number) {
        return Fd.own(number);
    }

    @Override
    public void close() {}
}
