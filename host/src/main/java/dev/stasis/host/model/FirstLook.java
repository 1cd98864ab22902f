package dev.stasis.host.model;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.DescriptorRoom;
import dev.stasis.linux.fs.DescriptorTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private FirstLook() {}

    /** No first look. */
    public static FirstLook none() {
        return new FirstLook();
    }

    /** A look at {@code processes}, if they have many descriptors; else nothing is remembered. */
    public static FirstLook at(List<Pid> processes) {
        FirstLook look = new FirstLook();
        List<DescriptorTable> opened = look.openAll(processes);
        int count = 0;
        for (int i = 0; i < opened.size(); i++) {
            count += Math.max(0, opened.get(i).count());
        }
        if (count < MANY) {
            look.close();
            return look;
        }
        try {
            DescriptorRoom.reserve(count + OTHER_DESCRIPTORS);
            for (int i = 0; i < opened.size(); i++) {
                opened.get(i).remember(opened.get(i).numbers());
            }
        } catch (KernelException e) {
            look.close(); // no room, or the tree ends: then without
        }
        return look;
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

    /** The table of {@code task}, borrowed; null when it was not looked at or another process has its number by now. */
    DescriptorTable table(Pid task) {
        DescriptorTable table = tables.get(task);
        return table != null && table.isAlive() ? table : null;
    }

    @Override
    public void close() {
        for (DescriptorTable table : tables.values()) {
            table.close();
        }
        tables.clear();
    }
}
