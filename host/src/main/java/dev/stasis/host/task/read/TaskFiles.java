package dev.stasis.host.task.read;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.util.List;

/** What is known of the open files of a tree by the time its tasks are read. */
public interface TaskFiles {

    /** The open file, or what stands for one, that {@code holder} refers to; throws when it is not known. */
    OpenFileId idOf(Holder holder);

    /** The descriptor table of process {@code task}, in the order of numbers. */
    List<DescriptorEntry> table(Pid task);
}
