package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.PathRemapContract;
import java.nio.charset.StandardCharsets;
import java.util.List;

class GhostsContractTest extends PathRemapContract {

    @Override
    protected StasisPlugin plugin() {
        return new GhostFilesPlugin();
    }

    @Override
    protected String remap() {
        return "ghost";
    }

    /** Two open files of one ghost with a hole in it, and one of another. */
    @Override
    protected List<Fd> open() {
        UnixPath path = UnixPath.of(directory.resolve("ghost").toString());
        Fd one = FileCalls.open(path, OpenFlags.RDWR.with(OpenFlags.CREAT), 0640);
        FileCalls.write(one, "not in vain".getBytes(StandardCharsets.UTF_8));
        FileCalls.position(one, 1 << 16);
        FileCalls.write(one, "far away".getBytes(StandardCharsets.UTF_8));
        InodeCalls.owner(one, 12, 34);
        Fd two = FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0);
        UnixPath other = UnixPath.of(directory.resolve("other").toString());
        Fd three = FileCalls.open(other, OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND), 0600);
        try (Fd here = FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0)) {
            DirectoryCalls.tryUnlink(here, UnixPath.of("ghost"));
            DirectoryCalls.tryUnlink(here, UnixPath.of("other"));
        }
        return List.of(one, two, three);
    }

    @Override
    protected String state(Fd file) {
        FileStatus status = FileCalls.status(file);
        UnixPath link = UnixPath.of("/proc/self/fd/" + file.number());
        String text = FileCalls.readLink(link).fileName() + " " + status.size() + " bytes in " + status.blocks() + " blocks, mode "
                + Integer.toOctalString(status.permissions()) + ", of " + status.uid() + ":" + status.gid() + ", "
                + status.links() + " names: ";
        NativeMemory memory = NativeMemory.allocate(1 << 17);
        try (Fd again = FileCalls.open(link, OpenFlags.RDONLY, 0)) {
            int length = FileCalls.readAt(again, memory, memory.size(), 0);
            return text + new String(memory.get(0, length), StandardCharsets.UTF_8).replace('\0', '.').replaceAll("\\.+", ".");
        }
    }

    /** The directory of the name is another on another machine. */
    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
