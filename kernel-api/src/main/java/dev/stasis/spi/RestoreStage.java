package dev.stasis.spi;

/** The stages of a restore, in order. */
public enum RestoreStage {
    /** The image is read and verified. */
    OPEN,
    /** All that can fail by looking is found; no process exists yet. */
    PLAN,
    /** The tasks are born, empty. */
    TASKS,
    /** Files are opened in the host. */
    FILES,
    /** Address spaces are built and memory is filled; then each task has its files, signals, timers and threads. */
    MEMORY,
    /** What must come after all files of all tasks: watches, sets of descriptors. */
    DEFERRED,
    /** The tasks get their last state and run. */
    RESUME,
    /** The tree runs, or stands stopped as was asked for. It stays, whatever fails now: that is only told. */
    DONE
}
