package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.util.List;

class StatelessDevicesContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new RegularFilesPlugin();
    }

    @Override
    protected String kind() {
        return "stateless-device";
    }

    @Override
    protected List<Fd> open() {
        return List.of(FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDWR, 0),
                FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.WRONLY.with(OpenFlags.APPEND), 0),
                FileCalls.open(UnixPath.of("/dev/zero"), OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0),
                FileCalls.open(UnixPath.of("/dev/urandom"), OpenFlags.RDONLY, 0));
    }

    @Override
    protected String state(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + " is " + FileCalls.status(file).represents();
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
