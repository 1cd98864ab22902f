package dev.stasis.host.state;

/**
 * What prctl(2) and set_mempolicy(2) set for a thread, and few programs ever do.
 *
 * @param machineCheckKill PR_MCE_KILL_GET: 0 late, 1 early, 2 as the system has it
 * @param timeStampCounter PR_GET_TSC: 1 may be read, 2 raises SIGSEGV
 * @param ioFlusher PR_GET_IO_FLUSHER: whether its allocations must not wait for what it writes itself
 * @param memoryPolicy from which nodes its memory is taken
 */
public record ThreadSettings(int machineCheckKill, int timeStampCounter, boolean ioFlusher, MemoryPolicy memoryPolicy) {
    /** As nearly all threads have it. */
    public static final ThreadSettings USUAL = new ThreadSettings(2, 1, false, MemoryPolicy.DEFAULT);

    private static final long MCE_PROCESS = 0x80;
    private static final long MCE_EARLY = 0x08000000;
    private static final long MEMALLOC_NOIO = 0x00080000;
    private static final long LOCAL_THROTTLE = 0x00100000;

    // By hand: what the compiler generates for a record starts up method handles, 10 ms and more of a cold dump.

    @Override
    public boolean equals(Object other) {
        return other instanceof ThreadSettings settings && machineCheckKill == settings.machineCheckKill
                && timeStampCounter == settings.timeStampCounter && ioFlusher == settings.ioFlusher
                && memoryPolicy.equals(settings.memoryPolicy);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * machineCheckKill + timeStampCounter) + memoryPolicy.hashCode();
    }

    /** Those of a thread of which the kernel tells {@code flags} (PF_*), with the other two. */
    public static ThreadSettings of(long flags, int timeStampCounter, MemoryPolicy memoryPolicy) {
        int machineCheckKill = (flags & MCE_PROCESS) == 0 ? 2 : (flags & MCE_EARLY) == 0 ? 0 : 1;
        boolean ioFlusher = (flags & MEMALLOC_NOIO) != 0 && (flags & LOCAL_THROTTLE) != 0;
        return new ThreadSettings(machineCheckKill, timeStampCounter, ioFlusher, memoryPolicy);
    }
}
