package dev.stasis.plugins.inotify;

import com.google.protobuf.CodedInputStream;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.notify.EventMask;

import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;

/**
 * Reads a watch (inotify_wd_entry) field by field. As generated messages ten thousand of them, of which each has a handle of 16
 * numbers, take a freshly started JVM longer than all that is done with them. Fields that it does not know are passed over.
 */
final class WatchReader {
    private static final int NUMBER = 0;
    private static final int BYTES = 2;
    private static final int TARGET = 1000;

    private final byte[] bytes;
    private final CodedInputStream in;
    private final long[] words = new long[FileHandle.MAX_SIZE / Long.BYTES];

    private DeviceNumber lastDevice;
    private int lastEncoded;

    private Integer watch;
    private long inode;
    private int mask;
    private int device;
    private FileHandle handle;
    private UnixPath path;
    private InodeId targetInode;
    private OpenFileId openFile;
    private boolean unlinked;
    private boolean pseudo;

    /** Will read from {@code in}, which reads {@code bytes}. */
    WatchReader(byte[] bytes, CodedInputStream in) {
        this.bytes = bytes;
        this.in = in;
    }

    /** Reads the watch that {@code in} stands before, with its length; throws {@link IllegalArgumentException} when it is none. */
    Watch read() throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        clear();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            readField(tag);
        }
        in.popLimit(end);
        if (watch == null) {
            throw new IllegalArgumentException("a watch without a number");
        }
        InotifyMark mark = new InotifyMark(new WatchDescriptor(watch), inode, deviceNumber(device),
                new EventMask(mask), handle);
        return new Watch(mark, new WatchTarget(true, path, targetInode, openFile, unlinked, pseudo));
    }

    /** Mostly the same as the last one. */
    private DeviceNumber deviceNumber(int encoded) {
        if (lastDevice == null || encoded != lastEncoded) {
            lastDevice = DeviceNumber.ofKernelEncoding(encoded);
            lastEncoded = encoded;
        }
        return lastDevice;
    }

    private void clear() {
        watch = null;
        inode = 0;
        mask = 0;
        device = 0;
        handle = null;
        path = null;
        targetInode = null;
        openFile = null;
        unlinked = false;
        pseudo = false;
    }

    private void readField(int tag) throws IOException {
        switch (tag) {
            case 2 << 3 | NUMBER -> inode = in.readUInt64();
            case 3 << 3 | NUMBER -> mask = in.readUInt32();
            case 5 << 3 | NUMBER -> device = in.readUInt32();
            case 6 << 3 | NUMBER -> watch = in.readUInt32();
            case 7 << 3 | BYTES -> readHandle();
            case TARGET << 3 | BYTES -> readTarget();
            default -> in.skipField(tag);
        }
    }

    private void readHandle() throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        int size = 0;
        int type = 0;
        int count = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | NUMBER -> size = in.readUInt32();
                case 2 << 3 | NUMBER -> type = in.readUInt32();
                case 3 << 3 | NUMBER -> {
                    count = addWord(count, in.readUInt64());
                    count += count * Long.BYTES < size ? 0 : skipEmptyWords();
                }
                case 3 << 3 | BYTES -> count = readPackedWords(count);
                case 4 << 3 | BYTES -> path = UnixPath.of(in.readByteArray());
                default -> in.skipField(tag);
            }
        }
        in.popLimit(end);
        handle = handle(size, type, count);
    }

    /** All handles have as many words as the longest, most of them zero, and none of these counts. */
    private int skipEmptyWords() throws IOException {
        int begin = in.getTotalBytesRead();
        int end = begin + in.getBytesUntilLimit();
        int at = begin;
        while (at + 1 < end && bytes[at] == (3 << 3 | NUMBER) && bytes[at + 1] == 0) {
            at += 2;
        }
        in.skipRawBytes(at - begin);
        return (at - begin) / 2;
    }

    private int readPackedWords(int before) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        int count = before;
        while (in.getBytesUntilLimit() > 0) {
            count = addWord(count, in.readUInt64());
        }
        in.popLimit(end);
        return count;
    }

    private int addWord(int count, long word) {
        if (count < words.length) {
            words[count] = word;
        }
        return count + 1;
    }

    private FileHandle handle(int size, int type, int count) {
        if (size == 0) {
            return null;
        }
        if (size < 0 || size > FileHandle.MAX_SIZE || count < (size + Long.BYTES - 1) / Long.BYTES) {
            throw new IllegalArgumentException("a handle of " + Integer.toUnsignedString(size) + " bytes");
        }
        byte[] value = new byte[size];
        for (int i = 0; i < size; i++) {
            value[i] = (byte) (words[i / Long.BYTES] >>> 8 * (i % Long.BYTES));
        }
        return new FileHandle(type, value);
    }

    private void readTarget() throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        long number = 0;
        int on = 0;
        boolean hasNumber = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | NUMBER -> {
                    number = in.readUInt64();
                    hasNumber = true;
                }
                case 2 << 3 | NUMBER -> on = in.readUInt32();
                case 3 << 3 | NUMBER -> openFile = new OpenFileId(in.readUInt32());
                case 4 << 3 | NUMBER -> unlinked = in.readBool();
                case 5 << 3 | NUMBER -> pseudo = in.readBool();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(end);
        targetInode = hasNumber ? new InodeId(deviceNumber(on), number) : null;
    }
}
