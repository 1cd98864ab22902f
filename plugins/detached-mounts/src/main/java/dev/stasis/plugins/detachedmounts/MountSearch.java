package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** Searches for one mount to which the paths of files do not lead. */
final class MountSearch {
    private static final int LEAST = 3;

    private final long id;
    private final ClaimContext context;

    MountSearch(long id, ClaimContext context) {
        this.id = id;
        this.context = context;
    }

    FoundMount find() {
        Mounts seen = Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo"));
        List<OpenFile> evidence = evidence();
        try (Candidates candidates = Candidates.of(context.descriptor(evidence.get(0)), evidence.get(0), seen)) {
            return new RootSearch(candidates, context).of(evidence);
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
        if (file.status().links() == 0 || RootSearch.isDeleted(file)) {
            return LEAST;
        }
        if (file.status().type() == FileType.DIRECTORY) {
            return 0;
        }
        return file.status().links() == 1 ? 1 : 2;
    }
}
