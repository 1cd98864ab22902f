package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.OpenFile;

/** What the name of a file that lost it tells. */
final class LostName {
    private static final String DELETED = " (deleted)";

    private LostName() {}

    /** Whether the kernel calls {@code file}, or what is seen as {@code link}, deleted; names that really end so are called so, too. */
    static boolean isDeleted(UnixPath link) {
        return link.endsWith(DELETED);
    }

    /** The name that {@code file} lost, or is going to lose. */
    static UnixPath of(OpenFile file) {
        return isDeleted(file.link()) ? file.link().dropLast(DELETED.length()) : file.link();
    }

    /** Whether the inode has names still that stay, only not the one that was used. */
    static boolean isAlive(OpenFile file) {
        int fleeting = isDeleted(file.link()) ? 0 : 1;
        return file.status().links() > fleeting && file.status().type() != FileType.DIRECTORY;
    }

    /** Whether it never had a name: what O_TMPFILE makes is called by its inode number until it is given one. */
    static boolean isUnnamed(OpenFile file) {
        return !isAlive(file) && of(file).fileName().equals(UnixPath.of("#" + Long.toUnsignedString(file.status().inode().number())));
    }
}
