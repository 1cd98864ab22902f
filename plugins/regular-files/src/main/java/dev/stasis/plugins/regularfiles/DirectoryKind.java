package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** Directories opened for reading. Their position is the file system's own cookie: it is kept as long as the file system keeps it. */
final class DirectoryKind extends ReopenedKind {

    @Override
    public String name() {
        return "directory";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.status().type() == FileType.DIRECTORY && file.flags().accessMode() != AccessMode.PATH && hasPath(file);
        return mine ? found(file, context) : Claim.none();
    }
}
