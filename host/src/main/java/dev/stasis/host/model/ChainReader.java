package dev.stasis.host.model;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.DescriptorStatus;
import dev.stasis.linux.fs.DescriptorTable;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.SignalOwner;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Builds a {@link Chain}, task by task. */
final class ChainReader {
    private final List<FoundFile> found = new ArrayList<>();
    private final OpenFileIndex index = new OpenFileIndex();
    private final PlaceReader places = new PlaceReader(found);
    private final Map<Pid, List<DescriptorEntry>> tables = new HashMap<>();
    private FoundFile[] lastOfNumber = new FoundFile[64];
    private boolean anotherTask;

    /** Adds all that {@code task} holds. */
    void read(ChainTask task) {
        Optional<DescriptorTable> opened = DescriptorTable.tryOpen(task.pid());
        if (opened.isEmpty()) {
            return;
        }
        try (DescriptorTable table = opened.get()) {
            tables.put(task.pid(), readTable(task.pid(), table));
        }
        places.read(task);
        anotherTask = true;
    }

    private List<DescriptorEntry> readTable(Pid task, DescriptorTable table) {
        int[] numbers = table.numbers();
        List<DescriptorEntry> entries = new ArrayList<>(numbers.length);
        for (int number : numbers) {
            DescriptorEntry entry = anotherTask ? inherited(task, table, number) : null;
            entry = entry == null ? readEntry(task, table, number) : entry;
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /**
     * A task that was forked has most files under the same numbers as the one it comes from. One comparison tells, and
     * spares all but the flag of the descriptor itself.
     */
    private DescriptorEntry inherited(Pid task, DescriptorTable table, int number) {
        FoundFile likely = number < lastOfNumber.length ? lastOfNumber[number] : null;
        if (likely == null || !ProcessCalls.isSameFile(likely.first(), new RemoteFd(task, number))) {
            return null;
        }
        Optional<Boolean> closeOnExec = table.tryCloseOnExec(number);
        return closeOnExec.isEmpty() ? null : entry(task, number, closeOnExec.get(), likely);
    }

    /** The entry of a descriptor; null when it was closed meanwhile. */
    private DescriptorEntry readEntry(Pid task, DescriptorTable table, int number) {
        Optional<DescriptorStatus> read = table.tryRead(number);
        FoundFile file = read.isEmpty() ? null : findOrAdd(new RemoteFd(task, number), read.get());
        if (file == null) {
            return null;
        }
        remember(number, file);
        return entry(task, number, read.get().closeOnExec(), file);
    }

    private void remember(int number, FoundFile file) {
        if (number >= lastOfNumber.length) {
            lastOfNumber = Arrays.copyOf(lastOfNumber, Math.max(2 * lastOfNumber.length, number + 1));
        }
        lastOfNumber[number] = file;
    }

    /** The file of {@code descriptor}; null when a running task closed it meanwhile. */
    private FoundFile findOrAdd(RemoteFd descriptor, DescriptorStatus status) {
        try {
            FoundFile file = index.find(descriptor, status);
            if (file == null) {
                file = newFile(descriptor, status);
                index.add(file, status);
                found.add(file);
            }
            return file;
        } catch (KernelException e) {
            if (e.is(Errno.EBADF) || e.is(Errno.ESRCH)) {
                return null;
            }
            throw e;
        }
    }

    private static DescriptorEntry entry(Pid task, int number, boolean closeOnExec, FoundFile file) {
        file.heldBy(new Holder.Descriptor(task, number, closeOnExec));
        return new DescriptorEntry(number, file.id(), closeOnExec);
    }

    private FoundFile newFile(RemoteFd descriptor, DescriptorStatus status) {
        return new FoundFile(new OpenFileId(found.size() + 1), status.status(), status.flags(), position(status),
                owner(status.owner()), status.link(), descriptor);
    }

    private static OptionalLong position(DescriptorStatus status) {
        FileType type = status.status().type();
        boolean seekable = type == FileType.REGULAR || type == FileType.DIRECTORY || type == FileType.BLOCK_DEVICE
                || type == FileType.CHARACTER_DEVICE;
        return seekable && !status.flags().has(OpenFlags.PATH) ? OptionalLong.of(status.position()) : OptionalLong.empty();
    }

    private static FileOwner owner(SignalOwner owner) {
        if (owner.equals(SignalOwner.NOBODY)) {
            return FileOwner.NOBODY;
        }
        return new FileOwner(owner.type(), owner.id(), owner.signal(), owner.uid(), owner.effectiveUid());
    }

    Chain finished() {
        List<OpenFile> files = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            files.add(found.get(i).finished());
        }
        return new Chain(files, tables, places.ids());
    }
}
