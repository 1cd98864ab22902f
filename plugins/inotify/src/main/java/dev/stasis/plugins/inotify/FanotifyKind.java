package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.RestoreContext;

/** Fanotify groups, which are refused by name. */
final class FanotifyKind implements FdKind {
    /** CRIU's FANOTIFY and its field in a file entry. */
    private static final ImageType FANOTIFY = new ImageType(12, 14);

    @Override
    public String name() {
        return "fanotify";
    }

    @Override
    public ImageType imageType() {
        return FANOTIFY;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return !file.link().startsWith("anon_inode:[fanotify]") ? Claim.none()
                : Claim.refuse(Claim.Fit.TYPE, "fanotify groups are not kept yet", "close it before the dump");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        throw new UnsupportedOperationException("fanotify groups are refused");
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        throw new UnsupportedOperationException("fanotify groups are refused");
    }
}
