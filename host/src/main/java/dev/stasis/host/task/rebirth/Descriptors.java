package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.CallList;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DescriptorChannel;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.spi.OpenFileId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives one task its descriptor table and its place in the file system. */
final class Descriptors {
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETFD = 2;

    private final Newborn task;
    private final OpenFiles files;

    Descriptors(Newborn task, OpenFiles files) {
        this.task = task;
        this.files = files;
    }

    /** The highest descriptor of all {@code tasks}; -1 when there is none. */
    static int highest(List<TaskState> tasks) {
        int highest = -1;
        for (TaskState task : tasks) {
            highest = Math.max(highest, highest(task));
        }
        return highest;
    }

    private static int highest(TaskState task) {
        int highest = -1;
        for (DescriptorEntry entry : task.descriptors()) {
            highest = Math.max(highest, entry.number());
        }
        return highest;
    }

    /**
     * Fills the table, which holds nothing but the descriptor of this process. That one moves to just behind the highest
     * number: a higher one would make the kernel enlarge the table for good.
     */
    void place() {
        task.settleSharers();
        fill();
        task.settleSharers();
    }

    private void fill() {
        int behind = highest(task.state) + 1;
        moveOurselves(behind);
        if (DescriptorBatch.suits(task.state.descriptors())) {
            try (DescriptorChannel channel = DescriptorChannel.open()) {
                new DescriptorBatch(task, files, channel).place(task.state.descriptors(), behind + 1);
                task.settle();
            }
            return;
        }
        Map<OpenFileId, Integer> placed = new HashMap<>();
        int free = 0;
        for (DescriptorEntry entry : task.state.descriptors()) {
            Integer twin = placed.putIfAbsent(entry.file(), entry.number());
            if (twin == null) {
                place(entry, free);
            } else {
                task.later("dup3", SyscallNumber.DUP3, twin, entry.number(), entry.closeOnExec() ? O_CLOEXEC : 0);
            }
            free += entry.number() == free ? 1 : 0;
        }
    }

    private void moveOurselves(int number) {
        if (task.knowsUsBy() != number) {
            task.later("dup3", SyscallNumber.DUP3, task.knowsUsBy(), number, O_CLOEXEC);
            task.closeDescriptor(task.knowsUsBy());
            task.knowsUsBy(number);
        }
    }

    /** What is received takes the lowest free number, {@code free}: with a table without gaps, just the one that is wanted. */
    private void place(DescriptorEntry entry, int free) {
        task.receiveAs(free,
                files.get(entry.file(), "descriptor " + entry.number() + " of " + RestorePlan.subject(task.state)));
        if (free != entry.number()) {
            task.later("dup3", SyscallNumber.DUP3, free, entry.number(), entry.closeOnExec() ? O_CLOEXEC : 0);
            task.closeDescriptor(free);
        } else if (!entry.closeOnExec()) {
            task.later("fcntl F_SETFD", SyscallNumber.FCNTL, free, F_SETFD, 0);
        }
    }

    /** Sets root, current directory and umask. */
    void enterFileSystem() {
        FileSystemState place = task.state.fileSystem();
        Fd root = files.get(place.root(), "the root of " + RestorePlan.subject(task.state));
        if (!isOurRoot(root)) {
            enter(root);
            task.later("chroot", SyscallNumber.CHROOT, new byte[] {'.', 0});
        }
        enter(files.get(place.currentDirectory(), "the current directory of " + RestorePlan.subject(task.state)));
        task.later("umask", SyscallNumber.UMASK, place.umask());
    }

    private static boolean isOurRoot(Fd root) {
        FileStatus ours = FileCalls.tryStatus(UnixPath.of("/")).orElseThrow();
        FileStatus theirs = FileCalls.status(root);
        return ours.inode().equals(theirs.inode()) && ours.mountId() == theirs.mountId();
    }

    private void enter(Fd directory) {
        CallList.Call received = task.receiveLater(directory);
        task.later("fchdir", SyscallNumber.FCHDIR, received);
        task.closeDescriptor(received);
    }
}
