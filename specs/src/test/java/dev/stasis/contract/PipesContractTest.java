package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.plugins.pipes.PipesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.List;

class PipesContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new PipesPlugin();
    }

    @Override
    protected String kind() {
        return "pipe";
    }

    @Override
    protected List<Fd> open() {
        PipeCalls.Ends one = PipeCalls.create(OpenFlags.NONBLOCK);
        PipeCalls.Ends two = PipeCalls.create(OpenFlags.RDONLY);
        FileCalls.write(one.write(), "in flight".getBytes(StandardCharsets.UTF_8));
        return List.of(one.read(), one.write(), two.read(), two.write());
    }

    @Override
    protected String state(Fd file) {
        int bytes = PipeCalls.available(file);
        String text = "room for " + PipeCalls.capacity(file) + ", " + bytes + " bytes";
        if (bytes == 0) {
            return text;
        }
        NativeMemory memory = NativeMemory.allocate(bytes);
        UnixPath link = UnixPath.of("/proc/self/fd/" + file.number());
        try (Fd reader = FileCalls.open(link, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0);
                PipeCalls.Ends copy = PipeCalls.create(OpenFlags.NONBLOCK)) {
            PipeCalls.tee(reader, copy.write(), bytes);
            PipeCalls.read(copy.read(), memory, bytes);
            return text + ": " + new String(memory.get(0, bytes), StandardCharsets.UTF_8);
        }
    }
}
