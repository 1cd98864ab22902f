package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.UnixPath;
import java.util.List;

/**
 * One mount, as a line of /proc/PID/mountinfo shows it.
 *
 * @param id the mount's number, as statx(2) tells it; used again after it is unmounted
 * @param parent the number of the mount it sits on
 * @param device of its file system
 * @param root the directory of the file system that is mounted
 * @param mountPoint where, as seen from the reading process's root
 * @param options of this mount, such as {@code rw} and {@code noatime}
 * @param tags what ties it to other mounts: {@code shared:N}, {@code master:N}, {@code propagate_from:N}, {@code unbindable}
 * @param type the file system's type, such as {@code ext4}
 * @param source the file system's own idea of where it comes from
 * @param superOptions of the file system
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</a>
 */
public record MountEntry(
        long id,
        long parent,
        DeviceNumber device,
        UnixPath root,
        UnixPath mountPoint,
        String options,
        List<String> tags,
        String type,
        String source,
        String superOptions) {
    public MountEntry {
        tags = List.copyOf(tags);
    }

    /** Whether writing to it is refused, by the mount or by the file system. */
    public boolean isReadOnly() {
        return hasOption(options, "ro") || hasOption(superOptions, "ro");
    }

    private static boolean hasOption(String options, String wanted) {
        return ("," + options + ",").contains("," + wanted + ",");
    }
}
