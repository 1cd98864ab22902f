package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.RestoreContext;

/**
 * Directories that are watched by fcntl(F_NOTIFY), which are refused by name. The kernel does not tell of such watches; but
 * they make the process the directory's owner, and nothing else sends signals for a directory.
 */
final class DnotifyKind implements FdKind {
    private static final ImageType NONE = new ImageType(ImageType.FIRST_OF_THIRD_PARTIES + 61,
            ImageType.FIRST_OF_THIRD_PARTIES + 61);

    @Override
    public String name() {
        return "dnotify";
    }

    @Override
    public ImageType imageType() {
        return NONE;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean watched = file.status().type() == FileType.DIRECTORY && file.hasDescriptor() && !file.owner().isNobody();
        return !watched ? Claim.none() : Claim.refuse(Claim.Fit.EXACT,
                "the directory is watched by dnotify (fcntl F_NOTIFY), and the kernel does not tell for what",
                "take the watch away by fcntl(fd, F_NOTIFY, 0) and the owner by fcntl(fd, F_SETOWN, 0)");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        throw new UnsupportedOperationException("directories watched by dnotify are refused");
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        throw new UnsupportedOperationException("directories watched by dnotify are refused");
    }
}
