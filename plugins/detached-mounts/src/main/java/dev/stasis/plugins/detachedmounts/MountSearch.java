package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Searches for one mount to which the paths of files do not lead. It may be hidden under another, or belong to another mount
 * namespace; only what no namespace has is detached.
 */
final class MountSearch {
    private static final int LEAST = 3;

    private final long id;
    private final ClaimContext context;
    private final UnixPath hint;

    /** For mount {@code id}, whose root was at {@code hint} earlier, or null. */
    MountSearch(long id, ClaimContext context, UnixPath hint) {
        this.id = id;
        this.hint = hint;
        this.context = context;
    }

    FoundMount find() {
        Mounts seen = Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo"));
        Optional<MountEntry> here = seen.byId(id);
        if (here.isPresent()) {
            return covered(here.get(), seen);
        }
        FoundMount foreign = OtherNamespaces.find(id);
        if (foreign != null) {
            return foreign;
        }
        FoundMount found = search(seen, null);
        return found instanceof FoundMount.Lost lost ? Keeping.instead(lost, evidence().get(0), context) : found;
    }

    private FoundMount covered(MountEntry entry, Mounts seen) {
        FoundMount found = search(seen, entry.mountPoint());
        if (!(found instanceof FoundMount.Lost)) {
            return found;
        }
        Fd root = CoveredMounts.root(entry);
        return root == null ? new FoundMount.Lost("its mount at " + entry.mountPoint() + " lies under another, and cannot be got at",
                "unmount what is above it") : new FoundMount.Covered(entry, context.own(root));
    }

    private FoundMount search(Mounts seen, UnixPath point) {
        List<OpenFile> evidence = evidence();
        try (Candidates candidates = Candidates.of(context.descriptor(evidence.get(0)), evidence.get(0), seen)) {
            return new RootSearch(candidates, context, point, hint).of(evidence);
        }
    }

    /** The files of the mount, those first that tell most surely where its root is. */
    private List<OpenFile> evidence() {
        List<OpenFile> files = new ArrayList<>();
        for (int rank = 0; rank <= LEAST; rank++) {
            for (int i = 0; i < context.files().size(); i++) {
                OpenFile file = context.files().get(i);
                if (file.status().mountId() == id && rank(file) == rank) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /** A directory has one place, a file with one name too; of several names, or of none, more than one can be meant. */
    private static int rank(OpenFile file) {
        if (file.status().links() == 0 || MountPaths.isDeleted(file.link())) {
            return LEAST;
        }
        if (file.status().type() == FileType.DIRECTORY) {
            return 0;
        }
        return file.status().links() == 1 ? 1 : 2;
    }
}
