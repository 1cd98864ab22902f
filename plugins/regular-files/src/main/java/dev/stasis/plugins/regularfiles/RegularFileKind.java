package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.util.List;

/** Regular files, opened, run or mapped. */
final class RegularFileKind extends ReopenedKind {

    @Override
    public String name() {
        return "regular-file";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.status().type() == FileType.REGULAR && file.flags().accessMode() != AccessMode.PATH && hasPath(file);
        return mine ? found(file, context) : Claim.none();
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedPosition.check(file, outside, context);
    }
}
