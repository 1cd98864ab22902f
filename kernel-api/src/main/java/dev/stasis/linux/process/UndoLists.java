package dev.stasis.linux.process;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.internal.BpfProgram;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tells what the kernel will undo of the System V semaphores when a process ends (semop(2) with SEM_UNDO). A BPF program reads it, for
 * which the kernel must know its own structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller have CAP_BPF and CAP_PERFMON, or
 * CAP_SYS_ADMIN.
 *
 * <p>Not safe for use by several threads at once. To be closed.
 */
public final class UndoLists implements AutoCloseable {
    private static final int THE_SET = 0;

    private final BpfProgram undo;

    private UndoLists(BpfProgram undo) {
        this.undo = undo;
    }

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<UndoLists> tryOpen() {
        for (TaskCode.Way way : TaskCode.Way.values()) {
            try {
                if (leadsThere(way)) {
                    return Optional.of(new UndoLists(TaskCode.undo(way)));
                }
            } catch (KernelException e) {
                // The kernel does not take it.
            }
        }
        return Optional.empty();
    }

    /** Whether it finds this process by its descriptor. */
    private static boolean leadsThere(TaskCode.Way way) {
        try (BpfProgram itself = TaskCode.itself(way); Fd own = ProcessCalls.pidfd(ProcessCalls.self())) {
            return itself.run(own.number(), 0) == 1;
        }
    }

    /**
     * A set that would change should {@code process} end now, which must stand still; empty when none would. All threads of it are
     * taken to share one list, as clone(2) with CLONE_SYSVSEM has them do. {@code sizes} tells how many semaphores the sets have; one
     * that it does not know counts as changed.
     */
    public OptionalInt setUndone(Pid process, Map<Integer, Integer> sizes) {
        try (Fd descriptor = ProcessCalls.pidfd(process)) {
            for (int entry = 0; entry < TaskCode.MOST_ENTRIES; entry++) {
                int set = undo.run(descriptor.number(), entry, THE_SET) - 1;
                if (set < 0) {
                    return OptionalInt.empty();
                }
                if (entry == TaskCode.MOST_ENTRIES - 1 || !sizes.containsKey(set) || isUndone(descriptor, entry, sizes.get(set))) {
                    return OptionalInt.of(set);
                }
            }
            return OptionalInt.empty();
        }
    }

    private boolean isUndone(Fd descriptor, int entry, int size) {
        for (int semaphore = 1; semaphore <= size; semaphore++) {
            if (undo.run(descriptor.number(), entry, semaphore) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        undo.close();
    }
}
