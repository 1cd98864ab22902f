package dev.stasis.spi;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Something a plugin does at a stage of a restore, besides restoring its files. */
@ConsumerType
public interface RestoreHook {

    /** The stage at whose beginning it is called. */
    RestoreStage stage();

    /** Finds what would make {@link #run} fail, as far as looking can tell. No process exists yet. */
    default List<Problem> plan(List<FileRecord> records, RestoreContext context) {
        return List.of();
    }

    /** Called once, with all files of the image. */
    void run(List<FileRecord> records, RestoreContext context);
}
