package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.plugins.pipes.PipesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

class FifosContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new PipesPlugin();
    }

    @Override
    protected String kind() {
        return "fifo";
    }

    @Override
    protected List<Fd> open() {
        if (!Files.exists(directory.resolve("fifo"))) {
            Command.run("mkfifo", directory.resolve("fifo").toString());
        }
        UnixPath path = UnixPath.of(directory.resolve("fifo").toString());
        Fd both = FileCalls.open(path, OpenFlags.RDWR, 0);
        FileCalls.write(both, "in flight".getBytes(StandardCharsets.UTF_8));
        return List.of(both, FileCalls.open(path, OpenFlags.WRONLY, 0),
                FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0));
    }

    @Override
    protected String state(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + ", room for " + PipeCalls.capacity(file) + ", "
                + PipeCalls.available(file) + " bytes";
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
