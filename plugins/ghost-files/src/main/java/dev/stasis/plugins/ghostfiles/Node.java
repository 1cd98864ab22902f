package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameSequence;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;

/** What is to stand under a name for a moment. */
sealed interface Node {

    /** Has {@code sequence} put it there. */
    NameSequence.Step make(NameSequence sequence, Fd directory, UnixPath name);

    /** Has {@code sequence} open what stands there then, so that it outlives its name. */
    default NameSequence.Step find(NameSequence sequence, Fd directory, UnixPath name) {
        return sequence.find(directory, name);
    }

    /** A new inode of the type that {@code entry} says; nobody but root may open it yet. */
    record New(ghost_inode_entry entry) implements Node {
        private static final int FORMAT = 0170000;

        @Override
        public NameSequence.Step make(NameSequence sequence, Fd directory, UnixPath name) {
            return switch (FileType.ofMode(entry.getMode())) {
                case DIRECTORY -> sequence.directory(directory, name, 0);
                case SYMLINK -> sequence.symbolicLink(UnixPath.of(entry.getSymlnkTarget().toByteArray()), directory, name);
                default -> sequence.node(directory, name, entry.getMode() & FORMAT,
                        DeviceNumber.ofKernelEncoding(entry.getRdev()));
            };
        }

        @Override
        public NameSequence.Step find(NameSequence sequence, Fd directory, UnixPath name) {
            return FileType.ofMode(entry.getMode()) == FileType.REGULAR ? sequence.open(directory, name)
                    : sequence.find(directory, name);
        }
    }

    /** Another name of an inode that is open; borrowed. */
    record Open(Fd file) implements Node {
        @Override
        public NameSequence.Step make(NameSequence sequence, Fd directory, UnixPath name) {
            return sequence.link(file, directory, name);
        }
    }

    /** Another name of what the sequence has named already. */
    record Named(Fd directory, UnixPath old) implements Node {
        @Override
        public NameSequence.Step make(NameSequence sequence, Fd to, UnixPath name) {
            return sequence.link(directory, old, to, name);
        }
    }
}
