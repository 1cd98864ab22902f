package dev.stasis.files;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Wants every file called "data", with the same right as the plugin for regular files. */
final class GreedyPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "greedy";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new FdKind() {
            @Override
            public String name() {
                return "greedy-file";
            }

            @Override
            public ImageType imageType() {
                return new ImageType(1001, 1001);
            }

            @Override
            public Claim claim(OpenFile file, ClaimContext context) {
                return file.link().endsWith("/data") ? Claim.take(Claim.Fit.TYPE) : Claim.none();
            }

            @Override
            public byte[] dump(OpenFile file, DumpContext context) {
                return new byte[0];
            }

            @Override
            public Fd restore(FileRecord record, RestoreContext context) {
                throw new AssertionError("not reached");
            }
        });
    }
}
