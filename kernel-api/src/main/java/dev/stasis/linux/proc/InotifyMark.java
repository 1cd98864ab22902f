package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.ArrayList;
import java.util.List;

/**
 * A watch, as the fdinfo of its inotify instance shows it.
 *
 * @param watch its number
 * @param inode the inode's number as the file system itself counts, which statx(2) may tell otherwise
 * @param device of the file system, also for btrfs the one of the whole
 * @param mask what it is for; since Linux 5.19 with IN_EXCL_UNLINK and IN_ONESHOT
 * @param handle the inode's handle; null where the file system gives none
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record InotifyMark(WatchDescriptor watch, long inode, DeviceNumber device, EventMask mask, FileHandle handle) {

    /** The watches in the bytes of a fdinfo file, newest first as the kernel lists them. */
    public static List<InotifyMark> parse(byte[] bytes) {
        List<InotifyMark> marks = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            if (cursor.take("inotify wd:")) {
                marks.add(mark(cursor));
            }
            cursor.nextLine();
        }
        return marks;
    }

    private static InotifyMark mark(Cursor cursor) {
        WatchDescriptor watch = new WatchDescriptor((int) cursor.hex());
        long inode = value(cursor, "ino:");
        DeviceNumber device = DeviceNumber.ofKernelEncoding((int) value(cursor, "sdev:"));
        EventMask mask = new EventMask((int) value(cursor, "mask:"));
        value(cursor, "ignored_mask:");
        return new InotifyMark(watch, inode, device, mask, handle(cursor));
    }

    /** The handle that comes next; null when there is none. */
    static FileHandle handle(Cursor cursor) {
        cursor.skipBlanks();
        if (!cursor.take("fhandle-bytes:")) {
            return null;
        }
        int length = (int) cursor.hex();
        int type = (int) value(cursor, "fhandle-type:");
        cursor.skipBlanks();
        if (!cursor.take("f_handle:") || length > FileHandle.MAX_SIZE) {
            throw cursor.malformed("f_handle:");
        }
        byte[] digits = cursor.word();
        byte[] handle = new byte[length];
        for (int i = 0; i < length && 2 * i + 1 < digits.length; i++) {
            handle[i] = (byte) (digit(digits[2 * i]) << 4 | digit(digits[2 * i + 1]));
        }
        return new FileHandle(type, handle);
    }

    private static int digit(byte c) {
        return c <= '9' ? c - '0' : c - 'a' + 10;
    }

    private static long value(Cursor cursor, String name) {
        cursor.skipBlanks();
        if (!cursor.take(name)) {
            throw cursor.malformed(name);
        }
        return cursor.hex();
    }
}
