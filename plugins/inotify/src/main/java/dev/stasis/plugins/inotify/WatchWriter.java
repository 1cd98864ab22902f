package dev.stasis.plugins.inotify;

import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.spi.OpenFileId;

/** Writes watches (inotify_wd_entry) as {@link WatchReader} reads them: the bytes are those that the generated messages write. */
final class WatchWriter {
    private static final int WATCH = 5;
    private static final int HANDLE = 7;
    private static final int TARGET = 1000;
    private static final int WORD = 3;
    private static final int WORDS = FileHandle.MAX_SIZE / Long.BYTES;
    private static final int ALL = 0x3f;
    private static final long UNSIGNED = 0xffff_ffffL;

    private final long id;
    private final WireWriter all = new WireWriter();
    private final WireWriter watch = new WireWriter();
    private final WireWriter part = new WireWriter();
    /** Of the fields from 1 on. */
    private final long[] numbers = new long[6];

    /** Will write watches of instance {@code id}. */
    WatchWriter(OpenFileId id) {
        this.id = id.number() & UNSIGNED;
    }

    /** Writes {@code one}, as a field of the instance's entry. */
    void write(Watch one) {
        InotifyMark mark = one.mark();
        numbers[0] = id;
        numbers[1] = mark.inode();
        numbers[2] = mark.mask().bits() & UNSIGNED;
        numbers[3] = 0;
        numbers[4] = mark.device().kernelEncoding() & UNSIGNED;
        numbers[5] = mark.watch().number() & UNSIGNED;
        watch.numbers(numbers, ALL);
        writeHandle(mark.handle());
        if (one.target().path() != null) {
            part.bytes(4, one.target().path().bytes());
        }
        watch.message(HANDLE, part);
        writeTarget(one.target());
        watch.message(TARGET, part);
        all.message(WATCH, watch);
    }

    /** CRIU's readers expect as many words, whatever the handle's length is. */
    private void writeHandle(FileHandle handle) {
        byte[] bytes = handle == null ? new byte[0] : handle.bytes();
        numbers[0] = bytes.length;
        numbers[1] = handle == null ? 0 : handle.type() & UNSIGNED;
        part.numbers(numbers, 3);
        for (int i = 0; i < WORDS; i++) {
            part.number(WORD, word(bytes, i * Long.BYTES));
        }
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = Math.min(from + Long.BYTES, bytes.length) - 1; i >= from; i--) {
            word |= (bytes[i] & 0xffL) << 8 * (i - from);
        }
        return word;
    }

    private void writeTarget(WatchTarget target) {
        int present = (target.inode() == null ? 0 : 3) | (target.openFile() == null ? 0 : 4) | (target.unlinked() ? 8 : 0)
                | (target.pseudo() ? 16 : 0);
        if (target.inode() != null) {
            numbers[0] = target.inode().number();
            numbers[1] = target.inode().device().kernelEncoding() & UNSIGNED;
        }
        numbers[2] = target.openFile() == null ? 0 : target.openFile().number() & UNSIGNED;
        numbers[3] = 1;
        numbers[4] = 1;
        part.numbers(numbers, present);
    }

    byte[] toByteArray() {
        return all.toByteArray();
    }
}
