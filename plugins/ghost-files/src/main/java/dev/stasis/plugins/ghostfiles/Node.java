package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;

/** What is to stand under a name for a moment. */
sealed interface Node {

    /** Puts it there; false, and nothing changes, when the name is taken. */
    boolean tryMake(Fd directory, UnixPath name);

    /** Whether it is a directory. */
    boolean isDirectory();

    /** A new inode of the type that {@code entry} says; nobody but root may open it yet. */
    record New(ghost_inode_entry entry) implements Node {
        private static final int FORMAT = 0170000;

        @Override
        public boolean tryMake(Fd directory, UnixPath name) {
            return switch (FileType.ofMode(entry.getMode())) {
                case DIRECTORY -> NameCalls.tryMakeDirectory(directory, name, 0);
                case SYMLINK -> NameCalls.trySymbolicLink(
                        UnixPath.of(entry.getSymlnkTarget().toByteArray()), directory, name);
                default -> NameCalls.tryMakeNode(directory, name, entry.getMode() & FORMAT,
                        DeviceNumber.ofKernelEncoding(entry.getRdev()));
            };
        }

        @Override
        public boolean isDirectory() {
            return FileType.ofMode(entry.getMode()) == FileType.DIRECTORY;
        }
    }

    /** Another name of an inode that has one. */
    record Known(Fd file) implements Node {
        @Override
        public boolean tryMake(Fd directory, UnixPath name) {
            return NameCalls.tryLink(file, directory, name);
        }

        @Override
        public boolean isDirectory() {
            return false;
        }
    }
}
