package dev.stasis.linux.proc;

import java.nio.charset.StandardCharsets;

/**
 * The head of /proc/PID/fdinfo/N, the same for every kind of file.
 *
 * @param position of the open file description
 * @param flags its access mode and status flags, with O_CLOEXEC for the descriptor
 * @param mountId the mount it was opened on
 * @param inode its inode number
 * @param rest the lines that only this kind of file has, as Latin-1
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record DescriptorInfo(long position, int flags, long mountId, long inode, String rest) {

    /** What the bytes of the file tell. */
    public static DescriptorInfo parse(byte[] bytes) {
        Cursor cursor = new Cursor(bytes);
        long position = 0;
        int flags = 0;
        long mountId = 0;
        long inode = 0;
        while (!cursor.atEnd()) {
            if (cursor.take("pos:")) {
                cursor.skipBlanks();
                position = cursor.decimal();
            } else if (cursor.take("flags:")) {
                cursor.skipBlanks();
                flags = (int) cursor.octal();
            } else if (cursor.take("mnt_id:")) {
                cursor.skipBlanks();
                mountId = cursor.decimal();
            } else if (cursor.take("ino:")) {
                cursor.skipBlanks();
                inode = cursor.decimal();
            } else {
                break;
            }
            cursor.nextLine();
        }
        int start = Math.min(cursor.position(), bytes.length);
        String rest = new String(bytes, start, bytes.length - start, StandardCharsets.ISO_8859_1);
        return new DescriptorInfo(position, flags, mountId, inode, rest);
    }
}
