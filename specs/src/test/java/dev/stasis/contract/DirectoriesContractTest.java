package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.util.List;

class DirectoriesContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new RegularFilesPlugin();
    }

    @Override
    protected String kind() {
        return "directory";
    }

    @Override
    protected List<Fd> open() {
        UnixPath path = UnixPath.of(directory.toString());
        return List.of(FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0),
                FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY).with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK), 0),
                FileCalls.open(UnixPath.of("/proc"), OpenFlags.RDONLY, 0));
    }

    @Override
    protected String state(Fd file) {
        FileStatus status = FileCalls.status(file);
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + " is " + status.inode() + ", at "
                + FileCalls.tryPosition(file);
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
