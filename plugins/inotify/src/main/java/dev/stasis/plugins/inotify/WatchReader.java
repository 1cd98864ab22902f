package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.spi.OpenFileId;

/**
 * Reads a watch (inotify_wd_entry) field by field. As generated messages ten thousand of them, of which each has a handle of 16
 * numbers, take a freshly started JVM longer than all that is done with them. Fields that it does not know are passed over.
 */
final class WatchReader {
    private static final int TARGET = 1000;
    private static final int WORD = 3 << 3 | WireReader.NUMBER;
    private static final int MOST_WORDS = FileHandle.MAX_SIZE / Long.BYTES;
    /** As many words of a handle, all zero. */
    private static final byte[] EMPTY_WORDS = new byte[2 * MOST_WORDS];

    static {
        for (int i = 0; i < EMPTY_WORDS.length; i += 2) {
            EMPTY_WORDS[i] = WORD;
        }
    }

    private final WireReader in;
    private final long[] words = new long[MOST_WORDS];

    private DeviceNumber lastDevice;
    private int lastEncoded;
    private EventMask lastMask;

    private WatchDescriptor watch;
    private long inode;
    private int mask;
    private int device;
    private FileHandle handle;
    private UnixPath path;
    private InodeId targetInode;
    private OpenFileId openFile;
    private boolean unlinked;
    private boolean pseudo;

    WatchReader(WireReader in) {
        this.in = in;
    }

    /** Reads the watch that {@code in} stands before, with its length; throws {@link IllegalArgumentException} when it is none. */
    Watch read() {
        int end = in.enter();
        clear();
        while (in.hasMore()) {
            readField(in.number());
        }
        in.leave(end);
        if (watch == null) {
            throw new IllegalArgumentException("a watch without a number");
        }
        InotifyMark mark = new InotifyMark(watch, inode, deviceNumber(device), mask(), handle);
        return new Watch(mark, new WatchTarget(true, path, targetInode, openFile, unlinked, pseudo));
    }

    /** Mostly the same as the last one. */
    private EventMask mask() {
        if (lastMask == null || lastMask.bits() != mask) {
            lastMask = new EventMask(mask);
        }
        return lastMask;
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

    private void readField(int tag) {
        switch (tag) {
            case 2 << 3 | WireReader.NUMBER -> inode = in.longNumber();
            case 3 << 3 | WireReader.NUMBER -> mask = in.number();
            case 5 << 3 | WireReader.NUMBER -> device = in.number();
            case 6 << 3 | WireReader.NUMBER -> watch = new WatchDescriptor(in.number());
            case 7 << 3 | WireReader.BYTES -> readHandle();
            case TARGET << 3 | WireReader.BYTES -> readTarget();
            default -> in.skip(tag);
        }
    }

    private void readHandle() {
        int end = in.enter();
        int size = 0;
        int type = 0;
        int count = 0;
        while (in.hasMore()) {
            int tag = in.number();
            switch (tag) {
                case 1 << 3 | WireReader.NUMBER -> size = in.number();
                case 2 << 3 | WireReader.NUMBER -> type = in.number();
                case WORD -> {
                    count = addWord(count, in.longNumber());
                    count += count * Long.BYTES < size ? 0 : skipEmptyWords(count);
                }
                case 3 << 3 | WireReader.BYTES -> count = readPackedWords(count);
                case 4 << 3 | WireReader.BYTES -> path = UnixPath.of(in.byteArray());
                default -> in.skip(tag);
            }
        }
        in.leave(end);
        handle = handle(size, type, count);
    }

    /** All handles have as many words as the longest, most of them zero, and none of these counts. Returns how many were skipped. */
    private int skipEmptyWords(int count) {
        return count < MOST_WORDS && in.trySkip(EMPTY_WORDS, 2 * count) ? MOST_WORDS - count : 0;
    }

    private int readPackedWords(int before) {
        int end = in.enter();
        int count = before;
        while (in.hasMore()) {
            count = addWord(count, in.longNumber());
        }
        in.leave(end);
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

    private void readTarget() {
        int end = in.enter();
        long number = 0;
        int on = 0;
        boolean hasNumber = false;
        while (in.hasMore()) {
            int tag = in.number();
            switch (tag) {
                case 1 << 3 | WireReader.NUMBER -> {
                    number = in.longNumber();
                    hasNumber = true;
                }
                case 2 << 3 | WireReader.NUMBER -> on = in.number();
                case 3 << 3 | WireReader.NUMBER -> openFile = new OpenFileId(in.number());
                case 4 << 3 | WireReader.NUMBER -> unlinked = in.longNumber() != 0;
                case 5 << 3 | WireReader.NUMBER -> pseudo = in.longNumber() != 0;
                default -> in.skip(tag);
            }
        }
        in.leave(end);
        targetInode = hasNumber ? new InodeId(deviceNumber(on), number) : null;
    }
}
