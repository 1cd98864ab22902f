package dev.stasis.host.image;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.stasis.host.image.proto.inventory_entry;
import dev.stasis.host.image.proto.ipc_shm_entry;
import dev.stasis.host.image.proto.pstree_entry;
import dev.stasis.host.image.proto.seccomp_entry;
import dev.stasis.host.image.proto.task_core_entry;
import dev.stasis.host.image.proto.task_kobj_ids_entry;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the tasks and the open files of a sealed image. Whatever is wrong with a file is said by its name. */
final class TreeReader {
    private final SealedImage image;
    private seccomp_entry filters = seccomp_entry.getDefaultInstance();
    private final Map<Integer, Pid> descriptorOwners = new HashMap<>();
    private final Map<Integer, Pid> fileSystemOwners = new HashMap<>();
    /** The file being read, to be named when something is wrong with it. */
    private String current = ImageNames.INVENTORY;

    TreeReader(SealedImage image) {
        this.image = image;
    }

    /** All tasks, the root first. */
    List<TaskState> tasks() {
        try {
            records(ImageNames.INVENTORY, ImageMagic.INVENTORY).single(inventory_entry.parser());
            if (image.sealed(ImageNames.SECCOMP) != null) {
                filters = single(ImageNames.SECCOMP, ImageMagic.SECCOMP, seccomp_entry.parser());
            }
            List<pstree_entry> tree = records(ImageNames.TREE, ImageMagic.PSTREE).all(pstree_entry.parser());
            checkTree(tree);
            List<TaskState> tasks = new ArrayList<>(tree.size());
            for (RecordedTask task : RecordedTasks.read(image, tree, filters)) {
                tasks.add(task(task));
            }
            return tasks;
        } catch (IOException | IllegalArgumentException e) {
            throw ImageFailure.malformed(image.pathOf(current), e.getMessage(), e);
        }
    }

    private RecordFile records(String name, ImageMagic magic) {
        current = name;
        return new RecordFile(image.read(name), magic);
    }

    private <M extends MessageLite> M single(String name, ImageMagic magic, Parser<M> parser) throws IOException {
        return records(name, magic).single(parser);
    }

    private static void checkTree(List<pstree_entry> tree) {
        MalformedImage.unless(!tree.isEmpty(), "it has no task");
        Set<Integer> tasks = new HashSet<>();
        Set<Integer> threads = new HashSet<>();
        for (pstree_entry entry : tree) {
            MalformedImage.unless(tasks.isEmpty() == (entry.getPpid() == 0) && (tasks.isEmpty() || tasks.contains(entry.getPpid())),
                    "task ", entry.getPid(), " stands before its parent");
            tasks.add(entry.getPid());
            for (int thread : entry.getThreadsList()) {
                MalformedImage.unless(threads.add(thread), "thread ", thread, " stands in it twice");
            }
        }
    }

    private TaskState task(RecordedTask task) {
        pstree_entry entry = task.entry();
        Pid pid = new Pid(entry.getPid());
        Pid parent = entry.getPpid() == 0 ? null : new Pid(entry.getPpid());
        current = ImageNames.TREE;
        TaskFrame frame = new TaskFrame(pid, parent, TreeCodec.leader(entry.getPgid()), TreeCodec.leader(entry.getSid()), task.threads());
        current = ImageNames.core(pid);
        task_core_entry core = task.leader().getTc();
        return task.isEnded() ? frame.ended(core) : frame.living(core, task.signals(), task.memory(), task.fileSystem(),
                task.descriptors(), sharing(pid, task.ids()));
    }

    /** Whoever stands first in the tree with a number is the one that the others share with. */
    private Sharing sharing(Pid pid, task_kobj_ids_entry ids) {
        descriptorOwners.putIfAbsent(ids.getFilesId(), pid);
        fileSystemOwners.putIfAbsent(ids.getFsId(), pid);
        return new Sharing(descriptorOwners.get(ids.getFilesId()), fileSystemOwners.get(ids.getFsId()));
    }

    /** The System V segments. */
    List<SystemVSegment> segments() {
        List<SystemVSegment> segments = new ArrayList<>();
        try {
            for (String name : image.names()) {
                if (name.startsWith(ImageNames.SEGMENT)) {
                    segments.add(SegmentCodec.read(single(name, ImageMagic.SEGMENT, ipc_shm_entry.parser())));
                }
            }
            return segments;
        } catch (IOException | IllegalArgumentException e) {
            throw ImageFailure.malformed(image.pathOf(current), e.getMessage(), e);
        }
    }

    /** All open files, with what in {@code tasks} refers to each. */
    List<FileRecord> files(List<TaskState> tasks) {
        try {
            Map<OpenFileId, List<Holder>> holders = Holders.of(tasks);
            RecordFile records = records(ImageNames.FILES, ImageMagic.FILES);
            List<FileRecord> files = new ArrayList<>();
            Set<OpenFileId> ids = new HashSet<>();
            while (records.hasNext()) {
                int start = records.next();
                FileRecord file = FileCodec.read(records.bytes(), start, records.position(), holders);
                MalformedImage.unless(ids.add(file.id()), "file ", file.id(), " stands in it twice");
                files.add(file);
            }
            for (Map.Entry<OpenFileId, List<Holder>> held : holders.entrySet()) {
                if (!ids.contains(held.getKey())) {
                    throw new MalformedImage("it lacks the file of " + held.getValue().get(0));
                }
            }
            return files;
        } catch (IOException | IllegalArgumentException e) {
            throw ImageFailure.malformed(image.pathOf(current), e.getMessage(), e);
        }
    }
}
