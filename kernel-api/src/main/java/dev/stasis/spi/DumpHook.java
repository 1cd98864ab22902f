package dev.stasis.spi;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Something a plugin does at a stage of a dump, besides dumping its files. */
@ConsumerType
public interface DumpHook {

    /** The stage at whose beginning it is called. */
    DumpStage stage();

    /**
     * Called once, all tasks standing still.
     *
     * @param files the open files of the tree; at {@link DumpStage#FREEZE} known, but nothing of them touched yet
     */
    void run(List<OpenFile> files, DumpContext context);
}
