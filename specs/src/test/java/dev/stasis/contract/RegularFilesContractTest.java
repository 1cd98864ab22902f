package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;

class RegularFilesContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new RegularFilesPlugin();
    }

    @Override
    protected String kind() {
        return "regular-file";
    }

    @Override
    protected List<Fd> open() {
        UnixPath path = UnixPath.of(directory.resolve("file").toString());
        Fd one = FileCalls.open(path, OpenFlags.RDWR.with(OpenFlags.CREAT).with(OpenFlags.APPEND), 0600);
        FileCalls.write(one, "contents".getBytes(StandardCharsets.UTF_8));
        Fd two = FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0);
        FileCalls.position(two, 5);
        return List.of(one, two);
    }

    @Override
    protected String state(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + " at " + FileCalls.tryPosition(file);
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
