package dev.stasis.host.task.read;

import dev.stasis.host.state.Sharing;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls.Shared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which living processes of a frozen tree have an address space, a descriptor table or a file system state in common. */
public final class TreeSharing {
    private final Sharers memory = new Sharers(Shared.MEMORY);
    private final Sharers descriptors = new Sharers(Shared.DESCRIPTORS);
    private final Sharers fileSystem = new Sharers(Shared.FILE_SYSTEM);
    private final Map<Pid, Sharing> sharings = new HashMap<>();
    private final Map<Pid, Pid> memories = new HashMap<>();

    private TreeSharing() {}

    /** What {@code tasks}, those of one tree with parents first, have in common. */
    public static TreeSharing find(List<FrozenTask> tasks) {
        TreeSharing sharing = new TreeSharing();
        for (int i = 0; i < tasks.size(); i++) {
            if (!tasks.get(i).isEnded()) {
                sharing.add(tasks.get(i).pid());
            }
        }
        return sharing;
    }

    private void add(Pid pid) {
        sharings.put(pid, new Sharing(descriptors.firstWithThatOf(pid), fileSystem.firstWithThatOf(pid)));
        memories.put(pid, memory.firstWithThatOf(pid));
    }

    /** What process {@code pid}, which may have ended, has in common with earlier ones. */
    public Sharing of(Pid pid) {
        Sharing sharing = sharings.get(pid);
        return sharing == null ? Sharing.alone(pid) : sharing;
    }

    /** The first process with the address space of living process {@code pid}. */
    Pid memoryOf(Pid pid) {
        return memories.get(pid);
    }

    /** The first process of the tree with the same object as {@code outsider}, of each sort; null for none. */
    Pid memoryWith(Pid outsider) {
        return memory.find(outsider);
    }

    Pid descriptorsWith(Pid outsider) {
        return descriptors.find(outsider);
    }

    Pid fileSystemWith(Pid outsider) {
        return fileSystem.find(outsider);
    }
}
