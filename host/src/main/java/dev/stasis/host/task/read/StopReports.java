package dev.stasis.host.task.read;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import java.util.List;

/**
 * Finds out of which stopped tasks the parents have yet to read that, with wait4(2) and WUNTRACED. Only the parents can tell:
 * they are made to ask, in a way that takes nothing away.
 */
public final class StopReports {
    private static final int P_PID = 1;
    /** WNOHANG, WSTOPPED and WNOWAIT. */
    private static final int LOOK = 0x1000003;
    private static final int SIGINFO = 128;
    private static final int PID_OF_CHILD = 16;

    private StopReports() {}

    /** Adds to {@code states}, those of {@code tree} in its order, what is unread. From the thread that froze the tree. */
    public static void add(FrozenTree tree, List<TaskState> states) {
        for (int i = 0; i < states.size(); i++) {
            TaskState state = states.get(i);
            FrozenTask parent = state.life() == Life.STOPPED ? find(tree, state.parent()) : null;
            if (parent != null && !parent.isEnded() && isUnread(parent, state.pid())) {
                states.set(i, state.with(state.settings().withStopUnread(true)));
            }
        }
    }

    private static FrozenTask find(FrozenTree tree, Pid pid) {
        for (FrozenTask task : tree.tasks()) {
            if (task.pid().equals(pid)) {
                return task;
            }
        }
        return null;
    }

    private static boolean isUnread(FrozenTask parent, Pid child) {
        try (RemoteCalls calls = parent.remoteCalls()) {
            RemoteAddress info = calls.lend(new byte[SIGINFO]);
            calls.call(SyscallNumber.WAITID, P_PID, child.number(), info.value(), LOOK, 0);
            return Bytes.intAt(calls.read(info, SIGINFO), PID_OF_CHILD) != 0;
        }
    }
}
