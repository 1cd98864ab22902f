package dev.stasis.host.model;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DescriptorRoom;
import dev.stasis.linux.fs.DescriptorTable;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * A first look at the open files of a tree that still runs, so that the look that counts, when it stands still, takes less:
 * see {@link DescriptorTable#remember}. Only worth it when there are many. It may be wrong in any way, as a running tree
 * changes; what is read with its help is what holds then.
 *
 * <p>From one thread only; closing it closes the tables.
 */
public final class FirstLook implements AutoCloseable {
    /** With fewer descriptors looking twice takes longer than it saves. */
    private static final int MANY = 200;

    private static final int OTHER_DESCRIPTORS = 512;

    private final Map<Pid, DescriptorTable> tables = new LinkedHashMap<>();
    private Companion companion;
    private SeenOrder order;

    private FirstLook() {}

    /** No first look. */
    public static FirstLook none() {
        return new FirstLook();
    }

    /** A look at {@code processes}, if they have many descriptors; else nothing is remembered. */
    public static FirstLook at(List<Pid> processes) {
        return at(processes, new BiPredicate<UnixPath, RemoteFd>() {
            @Override
            public boolean test(UnixPath link, RemoteFd descriptor) {
                return false;
            }
        });
    }

    /** Like {@link #at(List)}, and also if {@code deserving} says of one, by its link and number, that it deserves it alone. */
    public static FirstLook at(List<Pid> processes, BiPredicate<UnixPath, RemoteFd> deserving) {
        FirstLook look = new FirstLook();
        List<DescriptorTable> opened = look.openAll(processes);
        int count = 0;
        for (int i = 0; i < opened.size(); i++) {
            count += Math.max(0, opened.get(i).count());
        }
        if (count < MANY && !look.isAny(deserving)) {
            look.close();
            return look;
        }
        try {
            DescriptorRoom.reserve(count + OTHER_DESCRIPTORS);
            DescriptorRoom.reserve(2 * count + OTHER_DESCRIPTORS); // for a copy of each, as kinds that read from them need
            look.companion = Runtime.getRuntime().availableProcessors() > 1 ? new Companion() : null;
            for (int i = 0; i < opened.size(); i++) {
                opened.get(i).remember(opened.get(i).numbers());
            }
        } catch (KernelException e) {
            look.close(); // no room, or the tree ends: then without
        }
        return look;
    }

    private boolean isAny(BiPredicate<UnixPath, RemoteFd> deserving) {
        for (Map.Entry<Pid, DescriptorTable> entry : tables.entrySet()) {
            for (int number : entry.getValue().numbers()) {
                UnixPath link = link(entry.getKey(), number);
                if (link != null && deserving.test(link, new RemoteFd(entry.getKey(), number))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static UnixPath link(Pid task, int number) {
        try {
            return FileCalls.readLink(ProcFile.path(task, "fd/" + number));
        } catch (KernelException e) {
            return null; // it was closed meanwhile
        }
    }

    private List<DescriptorTable> openAll(List<Pid> pids) {
        List<DescriptorTable> opened = new ArrayList<>();
        for (int i = 0; i < pids.size(); i++) {
            Optional<DescriptorTable> table = DescriptorTable.tryOpen(pids.get(i));
            if (table.isPresent()) {
                tables.put(pids.get(i), table.get());
                opened.add(table.get());
            }
        }
        return opened;
    }

    /** Whether there is anything to remember. */
    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /** The processes that were looked at. */
    public List<Pid> tasks() {
        return List.copyOf(tables.keySet());
    }

    /** A second thread that can look at descriptors, borrowed; null when there is none, because there are few of them or one CPU. */
    Companion companion() {
        return companion;
    }

    /** The table of {@code task}, borrowed; null when it was not looked at or another process has its number by now. */
    DescriptorTable table(Pid task) {
        DescriptorTable table = tables.get(task);
        return table != null && table.isAlive() ? table : null;
    }

    /** The order in which files that looked alike stood at the first look, as far as it still holds. */
    SeenOrder.Ranks ranks() {
        return order == null ? new SeenOrder.Ranks() : order.confirm();
    }

    /** Remembers {@code found}, unless an earlier look did. */
    void remember(SeenOrder found) {
        if (order == null && !isEmpty()) {
            order = found;
        }
    }

    @Override
    public void close() {
        if (companion != null) {
            companion.close();
            companion = null;
        }
        for (DescriptorTable table : tables.values()) {
            table.close();
        }
        tables.clear();
    }
}
