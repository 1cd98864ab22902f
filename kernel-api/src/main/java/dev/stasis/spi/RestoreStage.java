package dev.stasis.spi;

/** The stages of a restore, in order. */
public enum RestoreStage {
    /** The image is read and verified. */
    OPEN,
    /** All that can fail by looking is found; no process exists yet. */
    PLAN,
    /** Tasks are about to be born. */
    TASKS,
    /** Files are opened in the host. */
    FILES,
    /**
     * All tasks are born, some of them with the memory that they share with their children. Address spaces are built and filled;
     * then each task has its files, signals, timers and threads.
     */
    MEMORY,
    /** What must come after all files of all tasks: watches, sets of descriptors. */
    DEFERRED,
    /** The tasks get their last state and run. */
    RESUME,
    /** The tree runs, or stands stopped as was asked for. It stays, whatever fails now: that is only told. */
    DONE
}
