package dev.stasis.host.image;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds what refers to each open file: an image says it once, with the task. */
final class Holders {
    private final Map<OpenFileId, List<Holder>> holders = new HashMap<>();

    private Holders() {}

    /** All that {@code tasks} hold, by file, in the order of tasks, and of each its descriptors first, by number. */
    static Map<OpenFileId, List<Holder>> of(List<TaskState> tasks) {
        Holders all = new Holders();
        for (TaskState task : tasks) {
            if (task.life() != TaskState.Life.ENDED) {
                all.add(task);
            }
        }
        return all.holders;
    }

    private void add(TaskState task) {
        for (DescriptorEntry descriptor : task.descriptors()) {
            add(descriptor.file(), new Holder.Descriptor(task.pid(), descriptor.number(), descriptor.closeOnExec()));
        }
        add(task.fileSystem().currentDirectory(), new Holder.CurrentDirectory(task.pid()));
        add(task.fileSystem().root(), new Holder.RootDirectory(task.pid()));
        if (task.memory().executable() != null) {
            add(task.memory().executable(), new Holder.Executable(task.pid()));
        }
        for (Mapping mapping : task.memory().mappings()) {
            if (mapping.file() != null) {
                add(mapping.file(), new Holder.Mapping(task.pid(), mapping.start(), mapping.end()));
            }
        }
    }

    private void add(OpenFileId file, Holder holder) {
        List<Holder> list = holders.get(file);
        if (list == null) {
            list = new ArrayList<>();
            holders.put(file, list);
        }
        list.add(holder);
    }
}
