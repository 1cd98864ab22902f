package dev.stasis.host.phase;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Has the process of a rehearsal watch what is there on every machine, the devices, for the one thing that does not happen to them: so
 * that what runs once for each watch is compiled, too.
 */
final class RehearsedWatches {
    private static final UnixPath PLACE = UnixPath.of("/dev");
    /** There everything has a handle. Elsewhere what is watched might have to be searched for. */
    private static final int TMPFS = 0x01021994;
    private static final int IN_DELETE_SELF = 0x400;

    private RehearsedWatches() {}

    /** Has {@code pid} add about {@code count} watches by {@code calls}, in as many instances as that takes; or none. */
    static void add(int count, Injection calls, Pid pid) {
        List<byte[]> watched = watched();
        RemoteAddress path = calls.home().stack().plus(-1024);
        try (RemoteMemory memory = RemoteMemory.open(pid)) {
            for (int added = 0; added < count && !watched.isEmpty(); added += watched.size()) {
                long instance = calls.call("inotify_init1", SyscallNumber.INOTIFY_INIT1, 0);
                for (int i = 0; i < watched.size(); i++) {
                    memory.write(path, watched.get(i));
                    calls.call("inotify_add_watch", SyscallNumber.INOTIFY_ADD_WATCH, instance, path.value(), IN_DELETE_SELF);
                }
            }
        }
    }

    /** Their paths, each with a NUL behind it. */
    private static List<byte[]> watched() {
        List<byte[]> watched = new ArrayList<>();
        try (Fd directory = FileCalls.open(PLACE, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0)) {
            DeviceNumber device = FileCalls.status(directory).inode().device();
            List<UnixPath> names = FileSystemCalls.magic(directory) == TMPFS ? DirectoryCalls.list(directory) : List.of();
            for (int i = 0; i < names.size(); i++) {
                Optional<FileStatus> status = FileCalls.tryLinkStatusAt(directory, names.get(i));
                if (status.isPresent() && status.get().type() == FileType.CHARACTER_DEVICE
                        && status.get().inode().device().equals(device)) { // another where a container has single ones mounted
                    UnixPath path = PLACE.resolve(names.get(i));
                    byte[] text = new byte[path.length() + 1];
                    path.copyTo(text, 0);
                    watched.add(text);
                }
            }
        }
        return watched;
    }
}
