package dev.stasis.spi;

/** What a tree may have beside its files that a plugin can keep. What no plugin keeps the host refuses by name. */
public enum TreeAspect {
    /** Locks and leases on open files. */
    FILE_LOCKS
}
