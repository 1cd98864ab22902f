package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LinkableFiles;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.Optional;

/** Notes of files that never had a name whether they may be given one; not where the kernel does not let itself be asked. */
final class Linkability {
    private ClaimContext asked;
    private Optional<LinkableFiles> linkable = Optional.empty();

    /** Adds to {@code entry} what there is to say of {@code file}, which is {@code descriptor}; O_PATH will do. */
    void add(OpenFile file, Fd descriptor, ghost_inode_entry.Builder entry, ClaimContext context) {
        if (file.status().type() != FileType.REGULAR || !LostName.isUnnamed(file)) {
            return;
        }
        if (asked != context) {
            asked = context;
            linkable = LinkableFiles.tryOpen();
            if (linkable.isPresent()) {
                context.own(linkable.get());
            } else {
                context.log().info("the kernel does not tell which files of O_TMPFILE were made with O_EXCL: all may be given names"
                        + " after a restore");
            }
        }
        if (linkable.isPresent() && !linkable.get().isLinkable(descriptor)) {
            entry.setNotLinkable(true);
        }
    }
}
