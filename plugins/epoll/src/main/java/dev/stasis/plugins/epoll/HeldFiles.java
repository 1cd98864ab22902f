package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open files of a tree by the numbers that its processes have for them, and by an order in which any of them is found. */
final class HeldFiles {
    private static final Comparator<OpenFile> IN_THE_KERNELS_ORDER = new Comparator<OpenFile>() {
        @Override
        public int compare(OpenFile one, OpenFile other) {
            return ProcessCalls.compareFiles(descriptor(one), descriptor(other));
        }
    };

    private final List<OpenFile> files;
    private final Map<Pid, OpenFile[]> tables = new HashMap<>();
    private List<OpenFile> ordered;

    HeldFiles(List<OpenFile> files) {
        this.files = files;
        for (int i = 0; i < files.size(); i++) {
            enter(files.get(i));
        }
    }

    private void enter(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor descriptor) {
                OpenFile[] table = tables.get(descriptor.task());
                if (table == null || table.length <= descriptor.number()) {
                    int size = Math.max(64, 2 * descriptor.number());
                    table = table == null ? new OpenFile[size] : Arrays.copyOf(table, size);
                    tables.put(descriptor.task(), table);
                }
                table[descriptor.number()] = file;
            }
        }
    }

    /** The list that it was made from. */
    List<OpenFile> files() {
        return files;
    }

    /** What {@code task} has as descriptor {@code number}; null when it has none. */
    OpenFile at(Pid task, int number) {
        OpenFile[] table = tables.get(task);
        return table == null || number >= table.length ? null : table[number];
    }

    /**
     * Whether a process that has {@code instance} can add {@code target} to it under {@code number}: it has it there, or it has it and
     * the number is free.
     */
    boolean hasRoom(OpenFile instance, OpenFile target, int number) {
        Pid first = null;
        for (int i = 0; i < instance.holders().size(); i++) {
            if (instance.holders().get(i) instanceof Holder.Descriptor holder) {
                if (at(holder.task(), number) == target) {
                    return true;
                }
                first = first == null && isHeldBy(target, holder.task()) ? holder.task() : first;
            }
        }
        return first != null && at(first, number) == null;
    }

    private static boolean isHeldBy(OpenFile file, Pid task) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor holder && holder.task().equals(task)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The one that an item of {@code instance} is on, see {@link EpollCalls#compare}; null when no descriptor of the tree refers to
     * it.
     */
    OpenFile find(Fd instance, int number, int earlier) {
        List<OpenFile> all = ordered();
        int low = 0;
        int high = all.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = EpollCalls.compare(descriptor(all.get(middle)), instance, number, earlier);
            if (order == 0) {
                return all.get(middle);
            }
            if (order == EpollCalls.INCOMPARABLE) {
                return null;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    private List<OpenFile> ordered() {
        if (ordered == null) {
            ordered = new ArrayList<>(files.size());
            for (int i = 0; i < files.size(); i++) {
                if (files.get(i).hasDescriptor()) {
                    ordered.add(files.get(i));
                }
            }
            ordered.sort(IN_THE_KERNELS_ORDER);
        }
        return ordered;
    }

    /** A descriptor of {@code file}, which has one. */
    static RemoteFd descriptor(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor descriptor) {
                return new RemoteFd(descriptor.task(), descriptor.number());
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }
}
