package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.spi.ClaimContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Adds up what an image will hold of the contents of remapped files, of each inode once. */
final class ContentsTotal {
    private final Chain chain;
    private final PluginFault fault;
    private final ClaimContext context;

    /** Of files of {@code chain}, which is borrowed. */
    ContentsTotal(Chain chain, PluginFault fault, ClaimContext context) {
        this.chain = chain;
        this.fault = fault;
        this.context = context;
    }

    /** The total of {@code claimed}, in an image on the file system of {@code directory}, which is borrowed. */
    ImageContents of(List<ClaimedFile> claimed, Fd directory) {
        boolean shares = FileSystemCalls.sharesBlocks(directory);
        Set<InodeId> seen = new HashSet<>();
        long bytes = 0;
        long needed = 0;
        for (int i = 0; i < claimed.size(); i++) {
            ClaimedFile one = claimed.get(i);
            if (one.pathRemap() != null && seen.add(one.file().status().inode())) {
                long size = bytes(one);
                bytes += size;
                long left = size == 0 ? 0 : size - bytesAhead(one);
                needed += left > 0 && shares && isBeside(chain.descriptor(one.file()), directory) ? 0 : left;
            }
        }
        return new ImageContents(seen.size(), bytes, needed);
    }

    private long bytes(ClaimedFile one) {
        try {
            return one.pathRemap().contentBytes(one.file(), context);
        } catch (RuntimeException | Error e) {
            throw fault.of(one.pathRemap(), "tell how much it will keep", FileClaims.subject(one.file()), e);
        }
    }

    private long bytesAhead(ClaimedFile one) {
        try {
            return one.pathRemap().bytesAhead(one.file(), context);
        } catch (RuntimeException | Error e) {
            throw fault.of(one.pathRemap(), "tell how much it has kept", FileClaims.subject(one.file()), e);
        }
    }

    private static boolean isBeside(Fd file, Fd directory) {
        return FileSystemCalls.id(file) == FileSystemCalls.id(directory);
    }
}
