package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks for a mount in the mount namespaces of all processes. */
final class OtherNamespaces {
    private static final OpenFlags LIST = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);

    private OtherNamespaces() {}

    /** Where mount {@code id} is; null when it is in none. */
    static FoundMount.Foreign find(long id) {
        Set<UnixPath> looked = new HashSet<>();
        List<UnixPath> processes = processes();
        for (int i = 0; i < processes.size(); i++) {
            FoundMount.Foreign found = find(id, processes.get(i), looked);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static List<UnixPath> processes() {
        try (Fd proc = FileCalls.open(UnixPath.of("/proc"), LIST, 0)) {
            return DirectoryCalls.list(proc);
        }
    }

    /** A process that ends meanwhile, or that may not be looked at, is passed over. */
    private static FoundMount.Foreign find(long id, UnixPath process, Set<UnixPath> looked) {
        if (process.bytes()[0] < '0' || process.bytes()[0] > '9') {
            return null;
        }
        Pid pid = new Pid(Integer.parseInt(process.toString()));
        try {
            if (!looked.add(FileCalls.readLink(ProcFile.path(pid, "ns/mnt")))) {
                return null;
            }
            Optional<byte[]> mounts = ProcFile.tryRead(pid, "mountinfo");
            Optional<MountEntry> entry = mounts.isEmpty() ? Optional.empty() : Mounts.parse(mounts.get()).byId(id);
            return entry.isEmpty() ? null : new FoundMount.Foreign(entry.get(), process.toString());
        } catch (KernelException e) {
            return null;
        }
    }
}
