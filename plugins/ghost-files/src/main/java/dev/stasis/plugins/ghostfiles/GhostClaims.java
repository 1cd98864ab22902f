package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.Optional;

/** Says which files that lost their names are kept, and why others are not. */
final class GhostClaims {
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private ClaimContext claims;
    /** The host's, for {@link #claims}. */
    private Fd root;
    /** Where nothing was in the way when it was looked at last. */
    private UnixPath free;

    Claim claim(OpenFile file, ClaimContext context) {
        FileType type = file.status().type();
        if (!LostName.isDeleted(file.link()) && !SillyName.isOf(file, context) || type == FileType.ANONYMOUS) {
            return Claim.none();
        }
        if (type == FileType.SOCKET) {
            return Claim.refuse(Claim.Fit.TYPE, "it is a deleted name of a unix socket, which is not kept yet", "close it");
        }
        long limit = type == FileType.REGULAR && !LostName.isAlive(file) ? GhostLimit.of(context.options()) : Long.MAX_VALUE;
        if (file.status().size() > limit) {
            return Claim.refuse(Claim.Fit.TYPE, "it is deleted, " + file.status().size() + " bytes large, and --ghost-limit is "
                    + limit, "raise --ghost-limit, or leave it away");
        }
        Optional<Obstacle> obstacle = obstacle(file, context);
        if (obstacle.isPresent()) {
            return Claim.refuse(Claim.Fit.TYPE, obstacle.get().reason(LostName.of(file).parent()), obstacle.get().help());
        }
        GhostPlacement.of(context.options()); // says it if the option's value is none
        return Claim.take(Claim.Fit.TYPE);
    }

    /**
     * What stands in the place of the directory of {@code file}, on its mount. What only looks like it, being on another mount,
     * says nothing: the dump looks again, below the mount that the file is found on then.
     */
    private Optional<Obstacle> obstacle(OpenFile file, ClaimContext context) {
        UnixPath directory = LostName.of(file).parent();
        if (context == claims && directory.equals(free)) {
            return Optional.empty();
        }
        if (context != claims) {
            claims = context;
            root = context.own(FileCalls.open(UnixPath.of("/"), DIRECTORY, 0));
        }
        Optional<Obstacle> obstacle = Obstacle.find(root, directory);
        if (obstacle.isEmpty()) {
            free = directory;
        }
        return obstacle.isPresent() && obstacle.get().status().mountId() == file.status().mountId() ? obstacle : Optional.empty();
    }

    /** How many bytes of the contents of {@code file} will be in the image. */
    static long contentBytes(OpenFile file, ClaimContext context) {
        long bytes = Math.min(file.status().size(), file.status().blocks() * 512);
        boolean inPlace = GhostPlacement.of(context.options()) == GhostPlacement.RELINK && bytes >= GhostPlacement.LARGE
                && FileSystemCalls.sharesBlocks(context.descriptor(file));
        return inPlace || file.status().type() != FileType.REGULAR || LostName.isAlive(file) ? 0 : bytes;
    }
}
