package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Open files of this process, described as the host describes those of a frozen tree. One thread. */
public final class LocalFiles {
    private final Pid self = ProcessCalls.self();
    private final List<OpenFile> files = new ArrayList<>();
    private final List<Fd> descriptors = new ArrayList<>();

    /** Describes the open file description behind {@code fd}, which stays the caller's and must stay open. */
    public OpenFile add(Fd fd) {
        FileStatus status = FileCalls.status(fd);
        OpenFlags flags = FileCalls.flags(fd);
        boolean seekable = status.type() == FileType.REGULAR || status.type() == FileType.DIRECTORY
                || status.type() == FileType.BLOCK_DEVICE;
        OptionalLong position = seekable && !flags.has(OpenFlags.PATH)
                ? FileCalls.tryPosition(fd).map(OptionalLong::of).orElse(OptionalLong.empty()) : OptionalLong.empty();
        OpenFile file = new OpenFile(new OpenFileId(files.size() + 1),
                List.of(new Holder.Descriptor(self, fd.number(), true)), status, flags, position, FileOwner.NOBODY,
                link(fd));
        files.add(file);
        descriptors.add(fd);
        return file;
    }

    /** What /proc shows for {@code fd}. */
    static UnixPath link(Fd fd) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + fd.number()));
    }

    /** All that were added, in order. */
    public List<OpenFile> all() {
        return List.copyOf(files);
    }

    /** The descriptor of {@code file}, borrowed. */
    public Fd descriptor(OpenFile file) {
        int index = files.indexOf(file);
        if (index < 0) {
            throw new AssertionError(file + " is none of the tree's files");
        }
        return descriptors.get(index);
    }
}
