package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.RestoreContext;

/**
 * Files of mounts on which nothing can be looked at during the dump, and which are not the files they were when they come back:
 * those that went into the image, and those that are announced as external. What was deleted there is for others to find.
 */
final class ReachedFiles implements PathRemap {
    private static final int BLOCK = 512;

    private final DetachedMountRemap mounts;

    ReachedFiles(DetachedMountRemap mounts) {
        this.mounts = mounts;
    }

    @Override
    public String name() {
        return "reached-file";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (MountPaths.isDeleted(file.link()) || mounts.presentRoot(file, context).isPresent()) {
            return Claim.none();
        }
        FoundMount mount = mounts.mountOf(file, context);
        return mount instanceof FoundMount.Kept || mount instanceof FoundMount.Foreign ? Claim.take(Claim.Fit.TYPE) : Claim.none();
    }

    @Override
    public long contentBytes(OpenFile file, ClaimContext context) {
        if (!(mounts.mountOf(file, context) instanceof FoundMount.Kept)) {
            return 0;
        }
        OpenFile directory = KeptTrees.directory(KeptTrees.reached(file.status().mountId(), context.files()));
        if (directory == null) {
            return file.status().type() == FileType.REGULAR ? file.status().blocks() * BLOCK : 0;
        }
        // All of the file system is taken along then; it counts once.
        return directory == file ? FileSystemCalls.usedBytes(context.descriptor(file)) : 0;
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return new byte[0];
    }

    @Override
    public Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context) {
        return LongPaths.open(base, path, flags);
    }
}
