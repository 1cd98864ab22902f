package dev.stasis.host.phase;

import dev.stasis.host.files.RemoteCallsSource;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;

/**
 * Calls made by the tasks of a frozen tree.
 *
 * @param tree borrowed
 */
record FrozenCalls(FrozenTree tree) implements RemoteCallsSource {

    @Override
    public RemoteCalls of(Pid task) {
        for (FrozenTask frozen : tree.tasks()) {
            if (frozen.pid().equals(task)) {
                return frozen.remoteCalls();
            }
        }
        throw new IllegalArgumentException("task " + task + " is not of this tree");
    }
}
