package dev.stasis.host.image;

import dev.stasis.host.image.proto.fdinfo_entry;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFileId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the image files that tell of tasks: those of the whole tree, and those that each task has. */
final class TaskFiles {
    private final ImageWriter image;
    private final RecordBuffer buffer;
    private final Map<OpenFileId, ImageType> types;
    private final Map<Pid, Integer> numbers = new HashMap<>();

    /** Files of {@code image}; {@code types} says where the messages of the open files stand. */
    TaskFiles(ImageWriter image, Map<OpenFileId, ImageType> types) {
        this.image = image;
        this.buffer = image.buffer();
        this.types = types;
    }

    /** Writes all of {@code tasks}, the root first. */
    void write(List<TaskState> tasks) {
        writeTree(tasks);
        SeccompCodec seccomp = SeccompCodec.of(tasks);
        if (!seccomp.isEmpty()) {
            buffer.begin(ImageMagic.SECCOMP);
            buffer.add(seccomp.message());
            image.write(ImageNames.SECCOMP);
        }
        for (int i = 0; i < tasks.size(); i++) {
            numbers.put(tasks.get(i).pid(), i + 1);
            writeTask(tasks.get(i), seccomp);
        }
    }

    private void writeTree(List<TaskState> tasks) {
        buffer.begin(ImageMagic.INVENTORY);
        buffer.add(TreeCodec.inventory(1));
        image.write(ImageNames.INVENTORY);
        buffer.begin(ImageMagic.PSTREE);
        for (TaskState task : tasks) {
            buffer.add(TreeCodec.tree(task));
        }
        image.write(ImageNames.TREE);
    }

    private void writeTask(TaskState task, SeccompCodec seccomp) {
        for (ThreadState thread : task.threads()) {
            buffer.begin(ImageMagic.CORE);
            buffer.add(TaskCodec.write(task, thread, seccomp));
            image.write(ImageNames.core(thread.tid()));
        }
        if (task.life() != TaskState.Life.ENDED) {
            writeLiving(task);
        }
    }

    private void writeLiving(TaskState task) {
        int descriptors = numbers.get(task.sharing().descriptors());
        buffer.begin(ImageMagic.IDS);
        buffer.add(TreeCodec.ids(numbers.get(task.pid()), descriptors, numbers.get(task.sharing().fileSystem())));
        image.write(ImageNames.ids(task.pid()));
        buffer.begin(ImageMagic.MM);
        buffer.add(MemoryCodec.write(task.memory(), task.settings()));
        image.write(ImageNames.memory(task.pid()));
        buffer.begin(ImageMagic.FS);
        buffer.add(TreeCodec.fileSystem(task.fileSystem()));
        image.write(ImageNames.fileSystem(task.pid()));
        if (task.sharing().descriptors().equals(task.pid())) {
            writeDescriptors(task, descriptors);
        }
    }

    private void writeDescriptors(TaskState task, int number) {
        buffer.begin(ImageMagic.FDINFO);
        for (DescriptorEntry descriptor : task.descriptors()) {
            buffer.add(descriptor(descriptor, task));
        }
        image.write(ImageNames.descriptors(number));
    }

    private fdinfo_entry descriptor(DescriptorEntry descriptor, TaskState task) {
        ImageType type = types.get(descriptor.file());
        if (type == null) {
            throw new IllegalStateException(
                    "descriptor " + descriptor.number() + " of task " + task.pid() + " has no file record");
        }
        return TreeCodec.descriptor(descriptor, FileCodec.knownType(type));
    }
}
