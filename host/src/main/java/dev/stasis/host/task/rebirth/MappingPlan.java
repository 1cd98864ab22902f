package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import java.util.Arrays;
import java.util.Set;

/** How one mapping is made again: the arguments of mmap(2) and what follows. Pure. */
final class MappingPlan {
    static final int PROT_WRITE = 2;

    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_DROPPABLE = 8;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_GROWSDOWN = 0x100;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MAP_FIXED_NOREPLACE = 0x100000;

    /** VmFlags that madvise(2) sets, with their advice; those that do not disturb the filling. */
    private static final String[] EARLY_NAMES = {"rr", "sr", "nh"};
    private static final int[] EARLY_ADVICE = {1, 2, 15};
    /** Those that must wait until the contents are there: huge pages fill slowly, merged pages are copied again. */
    private static final String[] LATE_NAMES = {"hg", "mg", "dc", "dd", "wf"};
    private static final int[] LATE_ADVICE = {14, 12, 10, 16, 18};

    private MappingPlan() {}

    /** The flags of mmap(2): where something is already, it fails. */
    static int flags(Mapping mapping) {
        int flags = MAP_FIXED_NOREPLACE | switch (mapping.kind()) {
            case PRIVATE_ANONYMOUS -> (mapping.has("dp") ? MAP_DROPPABLE : MAP_PRIVATE) | MAP_ANONYMOUS;
            case PRIVATE_FILE -> MAP_PRIVATE;
            case SHARED_FILE, SHARED_ANONYMOUS -> MAP_SHARED;
            default -> throw new IllegalArgumentException("the kernel makes " + mapping);
        };
        return flags | (mapping.has("gd") ? MAP_GROWSDOWN : 0) | (mapping.has("nr") ? MAP_NORESERVE : 0);
    }

    /**
     * The protection to begin with. Private memory that is accounted for (ac) was writable once: it is made writable and
     * protected afterwards, or the kernel would not account for it and would join it with its neighbours.
     */
    static int firstProtection(Mapping mapping) {
        return mapping.protection() | (isProtectedLater(mapping) ? PROT_WRITE : 0);
    }

    /** Whether it begins writable although it ends otherwise. */
    static boolean isProtectedLater(Mapping mapping) {
        boolean isPrivate = mapping.kind() == Mapping.Kind.PRIVATE_ANONYMOUS || mapping.kind() == Mapping.Kind.PRIVATE_FILE;
        return isPrivate && mapping.has("ac") && (mapping.protection() & PROT_WRITE) == 0;
    }

    /** Whether the task itself can fill it. */
    static boolean isWritableAtFirst(Mapping mapping) {
        return (firstProtection(mapping) & PROT_WRITE) != 0;
    }

    /** The advice to give before the contents come, or after. */
    static int[] advice(Mapping mapping, boolean late) {
        return advice(mapping.flags(), late ? LATE_NAMES : EARLY_NAMES, late ? LATE_ADVICE : EARLY_ADVICE);
    }

    private static int[] advice(Set<String> flags, String[] names, int[] advice) {
        int[] found = new int[names.length];
        int count = 0;
        for (int i = 0; i < names.length; i++) {
            if (flags.contains(names[i])) {
                found[count++] = advice[i];
            }
        }
        return Arrays.copyOf(found, count);
    }
}
