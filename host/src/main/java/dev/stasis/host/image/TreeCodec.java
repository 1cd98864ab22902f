package dev.stasis.host.image;

import dev.stasis.host.image.proto.fdinfo_entry;
import dev.stasis.host.image.proto.fs_entry;
import dev.stasis.host.image.proto.inventory_entry;
import dev.stasis.host.image.proto.pstree_entry;
import dev.stasis.host.image.proto.task_kobj_ids_entry;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import java.util.ArrayList;
import java.util.List;

/** The small messages around a task: its place in the tree, its kernel objects, its directories, its descriptors. */
final class TreeCodec {
    private static final int VERSION = 2;
    private static final int FD_CLOEXEC = 1;

    private TreeCodec() {}

    /** What the image is, for the reference's tools. */
    static inventory_entry inventory(int rootNumber) {
        return inventory_entry.newBuilder()
                .setImgVersion(VERSION)
                .setFdinfoPerId(true)
                .setRootIds(ids(rootNumber, rootNumber, rootNumber))
                .setNsPerId(true)
                .build();
    }

    /** Kernel objects of the task {@code number}: an object that others have too bears the number of the first that has it. */
    static task_kobj_ids_entry ids(int number, int descriptors, int fileSystem) {
        return task_kobj_ids_entry.newBuilder()
                .setVmId(number)
                .setFilesId(descriptors)
                .setFsId(fileSystem)
                .setSighandId(number)
                .build();
    }

    /** The place of {@code task} in the tree. */
    static pstree_entry tree(TaskState task) {
        pstree_entry.Builder entry = pstree_entry.newBuilder()
                .setPid(task.pid().number())
                .setPpid(task.parent() == null ? 0 : task.parent().number())
                .setPgid(task.group().number())
                .setSid(task.session().number());
        for (ThreadState thread : task.threads()) {
            entry.addThreads(thread.tid().number());
        }
        return entry.build();
    }

    /** The process group or session that {@code number} tells of. */
    static Leader leader(int number) {
        MalformedImage.unless(number >= 0, "a process group or session has number ", number, " in it");
        return Leader.of(number);
    }

    /** The numbers of the threads of {@code entry}, the leader first. */
    static List<Pid> threads(pstree_entry entry) {
        MalformedImage.unless(entry.getThreadsCount() > 0 && entry.getThreads(0) == entry.getPid(),
                "the first thread of task " + entry.getPid() + " is another");
        List<Pid> threads = new ArrayList<>(entry.getThreadsCount());
        for (int number : entry.getThreadsList()) {
            threads.add(new Pid(number));
        }
        return threads;
    }

    /** {@code state} as a message. */
    static fs_entry fileSystem(FileSystemState state) {
        return fs_entry.newBuilder()
                .setCwdId(state.currentDirectory().number())
                .setRootId(state.root().number())
                .setUmask(state.umask())
                .build();
    }

    /** The place in the file system that {@code entry} tells of. */
    static FileSystemState fileSystem(fs_entry entry) {
        return new FileSystemState(FileCodec.id(entry.getCwdId() & 0xffffffffL), FileCodec.id(entry.getRootId() & 0xffffffffL),
                entry.getUmask());
    }

    /** {@code descriptor}, whose file has type number {@code type}. */
    static fdinfo_entry descriptor(DescriptorEntry descriptor, int type) {
        return fdinfo_entry.newBuilder()
                .setId(descriptor.file().number())
                .setFlags(descriptor.closeOnExec() ? FD_CLOEXEC : 0)
                .setType(type)
                .setFd(descriptor.number())
                .build();
    }

    /** The descriptor table of {@code entries}, which must have each number once, in ascending order. */
    static List<DescriptorEntry> descriptors(List<fdinfo_entry> entries) {
        List<DescriptorEntry> table = new ArrayList<>(entries.size());
        int last = -1;
        for (fdinfo_entry entry : entries) {
            MalformedImage.unless(entry.getFd() > last, "descriptor ", entry.getFd(), " stands out of order");
            last = entry.getFd();
            table.add(new DescriptorEntry(last, FileCodec.id(entry.getId() & 0xffffffffL), entry.getFlags() == FD_CLOEXEC));
        }
        return table;
    }
}
