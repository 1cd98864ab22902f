package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.MemfdCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.memfds.MemfdsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;

class MemfdsContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new MemfdsPlugin();
    }

    @Override
    protected String kind() {
        return "memfd";
    }

    @Override
    protected List<Fd> open() {
        Fd one = MemfdCalls.create(UnixPath.of("kept"), MemfdCalls.ALLOW_SEALING);
        FileCalls.write(one, "contents".getBytes(StandardCharsets.UTF_8));
        FileCalls.position(one, 3);
        Fd again = FileCalls.open(UnixPath.of("/proc/self/fd/" + one.number()), OpenFlags.RDONLY, 0);
        return List.of(one, again, MemfdCalls.create(UnixPath.of("empty"), 0));
    }

    @Override
    protected String state(Fd file) {
        UnixPath link = UnixPath.of("/proc/self/fd/" + file.number());
        try (Fd reader = FileCalls.open(link, OpenFlags.RDONLY, 0)) {
            return FileCalls.readLink(link) + " at " + FileCalls.tryPosition(file) + " seals " + MemfdCalls.seals(file) + ": "
                    + new String(ProcFile.readAll(reader), StandardCharsets.UTF_8);
        }
    }
}
