package dev.stasis.spi;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Something a plugin does at a stage of a dump, besides dumping its files. */
@ConsumerType
public interface DumpHook {

    /** The stage at whose beginning it is called. */
    DumpStage stage();

    /** What it keeps: the host refuses trees that have what no hook of a loaded plugin keeps. */
    default Set<TreeAspect> keeps() {
        return Set.of();
    }

    /**
     * Finds what cannot be kept of all that {@link #run} is for. Looks only. Called when files are claimed, so that it is told
     * together with all else; possibly once before, while the tree still runs.
     */
    default List<Problem> check(List<OpenFile> files, ClaimContext context) {
        return List.of();
    }

    /**
     * Called once, all tasks standing still.
     *
     * @param files the open files of the tree; at {@link DumpStage#FREEZE} known, but nothing of them touched yet
     */
    void run(List<OpenFile> files, DumpContext context);
}
