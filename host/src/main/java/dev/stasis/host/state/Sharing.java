package dev.stasis.host.state;

import dev.stasis.linux.Pid;
import java.util.Objects;

/**
 * Which kernel objects a process has in common with another of its tree, by clone(2) with CLONE_FILES or CLONE_FS. Each such
 * object is named by the first process of the tree that has it.
 *
 * @param descriptors the first process that uses the same descriptor table; the process itself when no earlier one does
 * @param fileSystem the first process that uses the same current directory, root and umask; the process itself likewise
 */
public record Sharing(Pid descriptors, Pid fileSystem) {
    public Sharing {
        Objects.requireNonNull(descriptors);
        Objects.requireNonNull(fileSystem);
    }

    /** That of a process {@code pid} which shares nothing with an earlier one. */
    public static Sharing alone(Pid pid) {
        return new Sharing(pid, pid);
    }
}
