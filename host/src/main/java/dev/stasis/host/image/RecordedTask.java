package dev.stasis.host.image;

import dev.stasis.host.image.proto.core_entry;
import dev.stasis.host.image.proto.fdinfo_entry;
import dev.stasis.host.image.proto.fs_entry;
import dev.stasis.host.image.proto.mm_entry;
import dev.stasis.host.image.proto.pstree_entry;
import dev.stasis.host.image.proto.seccomp_entry;
import dev.stasis.host.image.proto.task_kobj_ids_entry;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the image files of one task say, before it is put together with the others.
 *
 * @param entry its place in the tree
 * @param leader what is said of its process
 * @param threads all its threads, the leader first
 * @param signals like all that follows null for a task that had ended
 */
record RecordedTask(
        pstree_entry entry,
        core_entry leader,
        List<ThreadState> threads,
        TaskFrame.Signals signals,
        MemoryState memory,
        fs_entry fileSystem,
        task_kobj_ids_entry ids,
        List<DescriptorEntry> descriptors) {

    boolean isEnded() {
        return memory == null;
    }

    /** Reads the task of {@code entry} from {@code image}; any thread may. */
    static RecordedTask read(SealedImage image, pstree_entry entry, seccomp_entry filters) {
        return new Reader(image, filters).read(entry);
    }

    /** One reading: it knows the file being read, to be named when something is wrong with it. */
    private static final class Reader {
        private final SealedImage image;
        private final seccomp_entry filters;
        private String current;

        Reader(SealedImage image, seccomp_entry filters) {
            this.image = image;
            this.filters = filters;
        }

        RecordedTask read(pstree_entry entry) {
            current = ImageNames.core(new Pid(entry.getPid()));
            try {
                return task(entry);
            } catch (IOException | IllegalArgumentException e) {
                throw ImageFailure.malformed(image.pathOf(current), e.getMessage(), e);
            }
        }

        private RecordedTask task(pstree_entry entry) throws IOException {
            Pid pid = new Pid(entry.getPid());
            current = ImageNames.TREE;
            List<Pid> tids = TreeCodec.threads(entry);
            core_entry leader = core(pid);
            MalformedImage.unless(leader.hasTc(), "it says nothing of its process");
            List<ThreadState> threads = new ArrayList<>(tids.size());
            threads.add(ThreadCodec.read(pid, leader, filters));
            for (int i = 1; i < tids.size(); i++) {
                threads.add(ThreadCodec.read(tids.get(i), core(tids.get(i)), filters));
            }
            current = ImageNames.core(pid);
            if (TaskCodec.life(leader.getTc()) == TaskState.Life.ENDED) {
                return new RecordedTask(entry, leader, threads, null, null, null, null, null);
            }
            TaskFrame.Signals signals = TaskFrame.signals(leader.getTc());
            MemoryState memory = MemoryCodec.read(records(ImageNames.memory(pid), ImageMagic.MM).single(mm_entry.parser()));
            fs_entry fileSystem = records(ImageNames.fileSystem(pid), ImageMagic.FS).single(fs_entry.parser());
            task_kobj_ids_entry ids = records(ImageNames.ids(pid), ImageMagic.IDS).single(task_kobj_ids_entry.parser());
            List<fdinfo_entry> descriptors =
                    records(ImageNames.descriptors(ids.getFilesId()), ImageMagic.FDINFO).all(fdinfo_entry.parser());
            return new RecordedTask(entry, leader, threads, signals, memory, fileSystem, ids, TreeCodec.descriptors(descriptors));
        }

        private core_entry core(Pid thread) throws IOException {
            return TaskCodec.check(records(ImageNames.core(thread), ImageMagic.CORE).single(core_entry.parser()));
        }

        private RecordFile records(String name, ImageMagic magic) {
            current = name;
            return new RecordFile(image.read(name), magic);
        }
    }
}
