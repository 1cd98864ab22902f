package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A range of addresses that no task of the tree uses. Until a task is complete it holds what the restore itself needs in
 * it: the seed's program, an arena for the arguments of calls, code that makes many of them in one go, and the kernel's pages before they move to their old places.
 *
 * @param start its first address, a multiple of {@link #ALIGNMENT}
 */
record Hole(RemoteAddress start) {
    static final long SIZE = 1 << 20;
    static final long ALIGNMENT = 1 << 16;
    static final int ARENA_SIZE = 1 << 17;
    /** The arena and what lies behind it: a page of code that makes calls, and those calls. */
    static final int ROOM_SIZE = 1 << 18;

    /** Below it the kernel maps nothing for ordinary processes (vm.mmap_min_addr), with a margin. */
    private static final long LOWEST = 1 << 20;
    private static final long HIGHEST = 0x7fff_0000_0000L;

    /** A class, not a lambda: those cost a cold JVM milliseconds. */
    private static final Comparator<Mapping> BY_START = new Comparator<>() {
        @Override
        public int compare(Mapping one, Mapping other) {
            return one.start().compareTo(other.start());
        }
    };

    RemoteAddress program() {
        return start;
    }

    RemoteAddress arena() {
        return start.plus(ALIGNMENT);
    }

    /** Where the code that makes calls is to stand, a page of it; behind it are those calls. */
    RemoteAddress callCode() {
        return arena().plus(ARENA_SIZE);
    }

    /** Where the kernel's pages are parked, one behind the other. */
    RemoteAddress parking() {
        return arena().plus(ROOM_SIZE);
    }

    /** The lowest hole common to {@code tasks}; empty when there is none. */
    static Optional<Hole> find(List<TaskState> tasks) {
        List<Mapping> mappings = new ArrayList<>();
        for (TaskState task : tasks) {
            if (task.memory() != null) {
                mappings.addAll(task.memory().mappings());
            }
        }
        mappings.sort(BY_START);
        long candidate = LOWEST;
        for (Mapping mapping : mappings) {
            if (Long.compareUnsigned(mapping.start().value(), candidate + SIZE) >= 0) {
                break;
            }
            candidate = Math.max(candidate, align(mapping.end().value()));
        }
        return candidate + SIZE <= HIGHEST ? Optional.of(new Hole(new RemoteAddress(candidate))) : Optional.empty();
    }

    private static long align(long address) {
        return (address + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
