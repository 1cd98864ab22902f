package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Who waits for a fanotify group to permit something; while the group's tree stands still, nobody answers. */
final class PermissionWaits {
    private static final String WAITING = "fanotify_handle_event";

    private PermissionWaits() {}

    /** A task that waits for an answer, of which group the kernel does not tell; empty when there is none. */
    static Optional<Pid> anybody() {
        List<Pid> processes = ProcFile.processes();
        for (int i = 0; i < processes.size(); i++) {
            List<Pid> threads = ProcFile.threads(processes.get(i));
            for (int j = 0; j < threads.size(); j++) {
                Optional<byte[]> where = ProcFile.tryRead(processes.get(i), "task/" + threads.get(j) + "/wchan");
                if (where.isPresent() && new String(where.get(), StandardCharsets.ISO_8859_1).equals(WAITING)) {
                    return Optional.of(threads.get(j));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * A descriptor of this process on what {@code mark}, of a mount or a file system, guards; empty when there is none. This
     * process would wait for the tree that it has frozen.
     */
    static Optional<UnixPath> ofThisProcess(FanotifyMark mark) {
        List<Integer> descriptors = ProcFile.descriptors(ProcessCalls.self());
        for (int i = 0; i < descriptors.size(); i++) {
            UnixPath link = UnixPath.of("/proc/self/fd/" + descriptors.get(i));
            Optional<FileStatus> status = status(link);
            if (status.isPresent() && isGuarded(status.get(), mark)) {
                return Optional.of(FileCalls.readLink(link));
            }
        }
        return Optional.empty();
    }

    private static Optional<FileStatus> status(UnixPath link) {
        try (Fd file = FileCalls.open(link, OpenFlags.PATH, 0)) {
            return Optional.of(FileCalls.status(file));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private static boolean isGuarded(FileStatus status, FanotifyMark mark) {
        DeviceNumber device = status.inode().device();
        return mark.type() == FanotifyMark.Type.MOUNT ? status.mountId() == mark.mountId() : device.equals(mark.device());
    }
}
