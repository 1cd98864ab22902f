package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** O_PATH descriptors, of what can be opened and of what cannot. */
class PathsContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new RegularFilesPlugin();
    }

    @Override
    protected String kind() {
        return "path";
    }

    @Override
    protected List<Fd> open() {
        UnixPath file = UnixPath.of(directory.resolve("file").toString());
        try {
            Files.createFile(directory.resolve("file"));
            Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(FileCalls.open(file, OpenFlags.PATH, 0), FileCalls.open(file, OpenFlags.PATH.with(OpenFlags.NOFOLLOW), 0),
                FileCalls.open(UnixPath.of(directory.resolve("link").toString()), OpenFlags.PATH.with(OpenFlags.NOFOLLOW), 0),
                FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0));
    }

    @Override
    protected String state(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + " is " + FileCalls.status(file).inode();
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
