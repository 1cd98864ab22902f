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
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/** Builds a {@link Chain}, task by task. */
final class ChainReader {
    private static final int WORTH_TWO_THREADS = 500;
    private static final int AT_ONCE = 50;

    private final FirstLook firstLook;
    private final List<FoundFile> found = new ArrayList<>();
    private final OpenFileIndex index;
    private final PlaceReader places = new PlaceReader(found);
    private final Map<Pid, List<DescriptorEntry>> tables = new HashMap<>();
    private FoundFile[] lastOfNumber = new FoundFile[64];
    private final BitSet ledTo = new BitSet();
    private boolean anotherTask;

    /** A reader that uses what {@code firstLook}, borrowed, has at hand. */
    ChainReader(FirstLook firstLook) {
        this.firstLook = firstLook;
        this.index = new OpenFileIndex(firstLook.ranks());
    }

    /** Adds descriptors {@code numbers} of process {@code task}. */
    void read(Pid task, DescriptorTable table, int[] numbers) {
        tables.put(task, entries(task, look(task, table, numbers)));
    }

    /** Adds all that {@code task} holds. */
    void read(ChainTask task) {
        DescriptorTable known = firstLook.table(task.pid());
        if (known != null) {
            add(task, known);
            return;
        }
        Optional<DescriptorTable> opened = DescriptorTable.tryOpen(task.pid());
        if (opened.isPresent()) {
            try (DescriptorTable table = opened.get()) {
                add(task, table);
            }
        }
    }

    private void add(ChainTask task, DescriptorTable table) {
        int[] numbers = table.remembered();
        // As many descriptors as before, and each of those still in use: then there are no others, and nobody need list them.
        boolean known = numbers.length > 0 && table.count() == numbers.length;
        Looks looks = known ? look(task.pid(), table, numbers) : null;
        if (looks == null || looks.missing() > 0) {
            looks = look(task.pid(), table, table.numbers());
        }
        tables.put(task.pid(), entries(task.pid(), looks));
        places.read(task);
        anotherTask = true;
    }

    /** What the kernel told of the descriptors of one task: of each what it is, or the file that it was inherited with. */
    private record Looks(int[] numbers, DescriptorStatus[] statuses, FoundFile[] inherited, boolean[] closeOnExec) {

        int missing() {
            int missing = 0;
            for (int i = 0; i < numbers.length; i++) {
                missing += statuses[i] == null && inherited[i] == null ? 1 : 0;
            }
            return missing;
        }
    }

    private Looks look(Pid task, DescriptorTable table, int[] numbers) {
        Looks looks = new Looks(numbers, new DescriptorStatus[numbers.length], new FoundFile[numbers.length],
                new boolean[numbers.length]);
        Companion companion = firstLook.companion();
        if (companion == null || numbers.length < WORTH_TWO_THREADS) {
            for (int i = 0; i < numbers.length; i++) {
                look(task, table, looks, i);
            }
        } else {
            new Looking(task, looks, table.forAnotherThread()).together(companion, table);
        }
        return looks;
    }

    /** The look at one table by two threads: each takes the next few descriptors, until there are none left. */
    private final class Looking implements Runnable {
        private final Pid task;
        private final Looks looks;
        private final DescriptorTable ofCompanion;
        private final AtomicInteger next = new AtomicInteger();

        Looking(Pid task, Looks looks, DescriptorTable ofCompanion) {
            this.task = task;
            this.looks = looks;
            this.ofCompanion = ofCompanion;
        }

        void together(Companion companion, DescriptorTable table) {
            companion.begin(this);
            try {
                work(table);
            } finally {
                companion.await();
            }
        }

        @Override
        public void run() {
            work(ofCompanion);
        }

        private void work(DescriptorTable table) {
            int from = next.getAndAdd(AT_ONCE);
            while (from < looks.numbers.length) {
                work(table, from, Math.min(from + AT_ONCE, looks.numbers.length));
                from = next.getAndAdd(AT_ONCE);
            }
        }

        private void work(DescriptorTable table, int from, int to) {
            for (int i = from; i < to; i++) {
                look(task, table, looks, i);
            }
        }
    }

    // A method of its own, like others here that a loop calls: it is compiled after some calls, a loop only after very many.
    private void look(Pid task, DescriptorTable table, Looks looks, int i) {
        if (!anotherTask || !lookAtInherited(task, table, looks, i)) {
            Optional<DescriptorStatus> read = table.tryRead(looks.numbers[i]);
            looks.statuses[i] = read.isEmpty() ? null : read.get();
        }
    }

    /**
     * A task that was forked has most files under the same numbers as the one it comes from. One comparison tells, and
     * spares all but the flag of the descriptor itself.
     */
    private boolean lookAtInherited(Pid task, DescriptorTable table, Looks looks, int i) {
        int number = looks.numbers[i];
        FoundFile likely = number < lastOfNumber.length ? lastOfNumber[number] : null;
        if (likely == null || !ProcessCalls.isSameFile(likely.first(), new RemoteFd(task, number))) {
            return false;
        }
        Optional<Boolean> closeOnExec = table.tryCloseOnExec(number);
        if (closeOnExec.isPresent()) {
            looks.inherited[i] = likely;
            looks.closeOnExec[i] = closeOnExec.get();
        }
        return closeOnExec.isPresent();
    }

    private List<DescriptorEntry> entries(Pid task, Looks looks) {
        List<DescriptorEntry> entries = new ArrayList<>(looks.numbers.length);
        for (int i = 0; i < looks.numbers.length; i++) {
            DescriptorEntry entry = entry(task, looks, i);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The entry of a descriptor; null when it was closed meanwhile. */
    private DescriptorEntry entry(Pid task, Looks looks, int i) {
        if (looks.inherited[i] != null) {
            return entry(task, looks.numbers[i], looks.closeOnExec[i], looks.inherited[i]);
        }
        return looks.statuses[i] == null ? null : entry(task, looks.statuses[i]);
    }

    private DescriptorEntry entry(Pid task, DescriptorStatus status) {
        FoundFile file = findOrAdd(new RemoteFd(task, status.number()), status);
        if (file == null) {
            return null;
        }
        remember(status.number(), file);
        return entry(task, status.number(), status.closeOnExec(), file);
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
                ledTo.set(found.size(), status.found());
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
        firstLook.remember(index.order());
        List<OpenFile> files = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            files.add(found.get(i).finished());
        }
        return new Chain(files, tables, places.ids(), ledTo);
    }
}
