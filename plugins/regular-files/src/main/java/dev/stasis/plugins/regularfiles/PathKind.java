package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.fs.AccessMode;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** What is held by name alone: O_PATH descriptors of anything that a path leads to, current directories and roots. */
final class PathKind extends ReopenedKind {

    @Override
    public String name() {
        return "path";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.flags().accessMode() == AccessMode.PATH && hasPath(file);
        return mine ? found(file, context) : Claim.none();
    }
}
