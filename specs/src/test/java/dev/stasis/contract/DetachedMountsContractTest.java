package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.detachedmounts.DetachedMountsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.GivenOptions;
import dev.stasis.testkit.contract.MountRemapContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** On a file system in memory that nobody mounted: its contents are taken along. */
class DetachedMountsContractTest extends MountRemapContract {

    @Override
    protected StasisPlugin plugin() {
        return new DetachedMountsPlugin();
    }

    @Override
    protected String remap() {
        return "detached-mount";
    }

    @Override
    protected GivenOptions options() {
        return new GivenOptions(Map.of("detached-contents", List.of("image")));
    }

    @Override
    protected List<Fd> open() {
        try (Fd root = MountCalls.detachedTmpfs(1 << 20)) {
            DirectoryCalls.make(root, UnixPath.of("directory"), 0711);
            UnixPath path = UnixPath.of("directory/file");
            Fd one = FileCalls.openAt(root, path, OpenFlags.RDWR.with(OpenFlags.CREAT), 0640);
            FileCalls.write(one, "kept".getBytes(StandardCharsets.UTF_8));
            InodeCalls.owner(one, 12, 34);
            Fd two = FileCalls.openAt(root, path, OpenFlags.RDONLY, 0);
            return List.of(one, two);
        }
    }

    @Override
    protected String state(Fd file) {
        FileStatus status = FileCalls.status(file);
        NativeMemory memory = NativeMemory.allocate(1 << 10);
        int length = FileCalls.readAt(file, memory, memory.size(), 0);
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())) + " mode "
                + Integer.toOctalString(status.permissions()) + ", of " + status.uid() + ":" + status.gid() + ": "
                + new String(memory.get(0, length), StandardCharsets.UTF_8);
    }
}
