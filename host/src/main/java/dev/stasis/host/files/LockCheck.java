package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.TreeAspect;
import java.util.List;
import java.util.Optional;

/**
 * Refuses files with locks or leases when no plugin keeps them: a process that came back without its lock would do harm in
 * silence. /proc/locks tells which files can have any at all; only for those is each descriptor asked.
 */
final class LockCheck {
    private final LockedFiles locked;

    private LockCheck(LockedFiles locked) {
        this.locked = locked;
    }

    /** A check that has nothing to say where a plugin of {@code registry} keeps locks. */
    static LockCheck of(PluginRegistry registry) {
        for (DumpHook hook : registry.dumpHooks()) {
            if (hook.keeps().contains(TreeAspect.FILE_LOCKS)) {
                return new LockCheck(null);
            }
        }
        return new LockCheck(LockedFiles.read());
    }

    /** Adds a problem for each descriptor of {@code file} through which there is a lock or a lease. */
    void check(OpenFile file, List<Problem> problems) {
        if (locked == null || !locked.mayHold(file.status())) {
            return;
        }
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor && isLocked(descriptor.task(), descriptor.number())) {
                problems.add(new Problem(FilesErrorCode.FILE_LOCKED, descriptor + " (" + file.link() + ")",
                        "there is a lock or a lease on it, and no loaded plugin keeps those", "load plugin file-locks"));
            }
        }
    }

    private static boolean isLocked(Pid task, int number) {
        Optional<byte[]> info = ProcFile.tryRead(task, "fdinfo/" + number);
        return info.isPresent() && !FileLock.parseDescriptor(info.get()).isEmpty();
    }
}
