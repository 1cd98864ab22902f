package dev.stasis.host.image;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The bytes of one image file while it is put together: the magic, then each record with its size before it. Used again for
 * file after file, so that a dump makes no garbage worth speaking of. One thread at a time.
 */
final class RecordBuffer {
    private static final int FIRST_SIZE = 1 << 14;

    private byte[] bytes = new byte[FIRST_SIZE];
    private int length;

    /** Begins a file that starts with {@code magic}; what was in the buffer is forgotten. */
    void begin(ImageMagic magic) {
        length = 0;
        for (int i = 0; i < magic.length() / Integer.BYTES; i++) {
            addWord(magic.word(i));
        }
    }

    /** Adds a word without a size, little-endian. */
    void addWord(int word) {
        reserve(Integer.BYTES);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes[length++] = (byte) (word >>> shift);
        }
    }

    /** Adds a record. */
    void add(MessageLite message) {
        CodedOutputStream record = record(message.getSerializedSize());
        try {
            message.writeTo(record);
        } catch (IOException e) {
            throw new UncheckedIOException("an array never refuses", e);
        }
    }

    /** Adds a record of {@code size} bytes and returns where to write exactly these. */
    CodedOutputStream record(int size) {
        addWord(size);
        reserve(size);
        int start = length;
        length += size;
        return CodedOutputStream.newInstance(bytes, start, size);
    }

    private void reserve(int size) {
        if (bytes.length - length < size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, size)));
        }
    }

    /** What holds the bytes; valid until the next addition. */
    byte[] bytes() {
        return bytes;
    }

    /** How many bytes there are. */
    int length() {
        return length;
    }
}
