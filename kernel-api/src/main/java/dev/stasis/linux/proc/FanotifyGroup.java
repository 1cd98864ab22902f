package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.proc.FanotifyMark.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * A fanotify group, as its fdinfo shows it.
 *
 * @param flags FAN_ bits that it was made with
 * @param eventFlags O_ bits that the descriptors of its events are opened with
 * @param marks newest first, as the kernel lists them
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record FanotifyGroup(int flags, int eventFlags, List<FanotifyMark> marks) {
    public FanotifyGroup {
        marks = List.copyOf(marks);
    }

    /** The group that the bytes of a fdinfo file tell; throws {@link IllegalArgumentException} for bytes that are not it. */
    public static FanotifyGroup parse(byte[] bytes) {
        int flags = 0;
        int eventFlags = 0;
        List<FanotifyMark> marks = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            if (cursor.take("fanotify flags:")) {
                flags = (int) cursor.hex();
                eventFlags = (int) value(cursor, "event-flags:");
            } else if (cursor.take("fanotify ")) {
                marks.add(mark(cursor));
            }
            cursor.nextLine();
        }
        return new FanotifyGroup(flags, eventFlags, marks);
    }

    private static FanotifyMark mark(Cursor cursor) {
        Type type = Type.FILE_SYSTEM;
        long inode = 0;
        long mount = 0;
        if (cursor.take("mnt_id:")) {
            type = Type.MOUNT;
            mount = cursor.hex();
        } else if (cursor.take("mnt_ns:")) {
            type = Type.MOUNT_NAMESPACE;
            cursor.word();
        } else if (cursor.take("ino:")) {
            type = Type.INODE;
            inode = cursor.hex();
        }
        cursor.skipBlanks();
        DeviceNumber device = cursor.take("sdev:") ? DeviceNumber.ofKernelEncoding((int) cursor.hex()) : null;
        return new FanotifyMark(type, (int) value(cursor, "mflags:"), (int) value(cursor, "mask:"),
                (int) value(cursor, "ignored_mask:"), inode, device, InotifyMark.handle(cursor), mount);
    }

    private static long value(Cursor cursor, String name) {
        cursor.skipBlanks();
        if (!cursor.take(name)) {
            throw cursor.malformed(name);
        }
        return cursor.hex();
    }
}
