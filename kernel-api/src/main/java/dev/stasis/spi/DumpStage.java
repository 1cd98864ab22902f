package dev.stasis.spi;

/** The stages of a dump, in order. */
public enum DumpStage {
    /** All tasks stand still; nothing was touched yet. */
    FREEZE,
    /** The chain of kernel objects is read and every open file offered to the plugins. */
    COLLECT,
    /** Kinds dump their files. */
    FILES,
    /** Kinds that others disturb dump theirs. */
    LATE,
    /** Memory is written. */
    MEMORY,
    /** The image is sealed. */
    SEAL,
    /**
     * The tree is about to run on, dumped or after a failure: what a plugin took from it is given back. Comes once after
     * {@link #FREEZE}, and never for a tree that is killed.
     */
    RELEASE
}
