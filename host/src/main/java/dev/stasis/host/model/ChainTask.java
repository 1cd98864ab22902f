package dev.stasis.host.model;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MemoryArea;
import java.util.List;
import java.util.Objects;

/**
 * A process whose files are looked at.
 *
 * @param pid the process
 * @param areas its memory; with none, mapped files are left out
 */
public record ChainTask(Pid pid, List<MemoryArea> areas) {
    public ChainTask {
        Objects.requireNonNull(pid);
        areas = List.copyOf(areas);
    }
}
