package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.linux.CallList;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.DescriptorChannel;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fills a large descriptor table with few calls: hundreds of descriptors in one message, which take the lowest free numbers
 * in the order they were sent. Numbers that are not in use get stand-ins, closed at the end.
 */
final class DescriptorBatch {
    private static final int O_CLOEXEC = 0x80000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    /** Up to so many descriptors it is cheaper to fetch each by itself. */
    private static final int FEW = 16;

    private final Newborn task;
    private final OpenFiles files;
    private final DescriptorChannel channel;
    private final Fd[] batch = new Fd[DescriptorChannel.MOST];
    private int count;
    private boolean closeOnExec;
    private boolean hasSent;
    private int socket;

    DescriptorBatch(Newborn task, OpenFiles files, DescriptorChannel channel) {
        this.task = task;
        this.files = files;
        this.channel = channel;
    }

    /** Whether it is worth while: many descriptors, and few of the numbers up to the highest unused. */
    static boolean suits(List<DescriptorEntry> entries) {
        return entries.size() > FEW && entries.get(entries.size() - 1).number() < 4 * entries.size();
    }

    /**
     * Places {@code entries}, ascending; the table is empty up to the number behind the last, {@code free} and above too. The channel
     * must stay open until the task is {@linkplain Newborn#settle settled}.
     */
    void place(List<DescriptorEntry> entries, int free) {
        CallList.Call received = task.receiveLater(channel.receiver());
        task.later("dup3", SyscallNumber.DUP3, received, free, O_CLOEXEC);
        task.closeDescriptor(received);
        socket = free;
        int next = 0;
        for (DescriptorEntry entry : entries) {
            for (; next < entry.number(); next++) {
                add(channel.receiver(), closeOnExec);
            }
            add(files.get(entry.file(), "descriptor " + entry.number() + " of " + RestorePlan.subject(task.state)),
                    entry.closeOnExec());
            next++;
        }
        flush();
        task.closeDescriptor(socket);
        closeStandIns(entries);
    }

    private void add(Fd file, boolean onExec) {
        if (count == batch.length || onExec != closeOnExec) {
            flush();
        }
        closeOnExec = onExec;
        batch[count++] = file;
    }

    private void flush() {
        if (count == 0) {
            return;
        }
        if (hasSent) {
            task.settle(); // what was sent before must have been received: there is no room for much more
        }
        hasSent = true;
        channel.send(batch, count);
        int mark = task.arena.mark();
        int controlSize = DescriptorChannel.controlSize(count);
        long control = task.arena.reserve(controlSize).value();
        long data = task.arena.reserve(1).value();
        long vector = task.arena.put(Arena.structure(16).putLong(0, data).putLong(8, 1));
        ByteBuffer header = Arena.structure(56).putLong(16, vector).putLong(24, 1).putLong(32, control).putLong(40, controlSize);
        task.later("recvmsg", SyscallNumber.RECVMSG, socket, task.arena.put(header), closeOnExec ? MSG_CMSG_CLOEXEC : 0);
        task.arena.reset(mark);
        count = 0;
    }

    private void closeStandIns(List<DescriptorEntry> entries) {
        int next = 0;
        for (DescriptorEntry entry : entries) {
            if (entry.number() > next) {
                task.later("close_range", SyscallNumber.CLOSE_RANGE, next, entry.number() - 1, 0);
            }
            next = entry.number() + 1;
        }
    }
}
