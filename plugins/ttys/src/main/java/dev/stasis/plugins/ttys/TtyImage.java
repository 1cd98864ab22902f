package dev.stasis.plugins.ttys;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image file of entries: two magic words, then for each entry its length (four bytes, little-endian) and the entry.
 *
 * @param name what it is called
 * @param magic its second word
 */
record TtyImage(String name, int magic) {
    static final TtyImage INFO = new TtyImage("tty-info.img", 0x59453036);
    static final TtyImage DATA = new TtyImage("tty-data.img", 0x59413026);

    private static final int COMMON_MAGIC = 0x54564319;
    private static final int MOST = 1 << 24;

    /** Writes a file of {@code entries}. */
    void write(ImageOutput image, List<? extends MessageLite> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        word(bytes, COMMON_MAGIC);
        word(bytes, magic);
        for (MessageLite entry : entries) {
            byte[] encoded = entry.toByteArray();
            word(bytes, encoded.length);
            bytes.writeBytes(encoded);
        }
        try (Fd file = image.create(name)) {
            FileCalls.write(file, bytes.toByteArray());
        }
    }

    private static void word(ByteArrayOutputStream bytes, int word) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write(word >>> shift);
        }
    }

    /** Refuses an image that has no such file. */
    void require(ImageInput image) {
        Optional<Fd> file = image.open(name);
        require(file.isPresent(), "it is missing");
        file.get().close();
    }

    /** All entries of the file; none when there is no such file. */
    <M> List<M> read(ImageInput image, Parser<M> parser) {
        Optional<Fd> opened = image.open(name);
        if (opened.isEmpty()) {
            return List.of();
        }
        try (Fd file = opened.get()) {
            return parse(file, parser);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage());
        }
    }

    private <M> List<M> parse(Fd file, Parser<M> parser) throws InvalidProtocolBufferException {
        long size = FileCalls.status(file).size();
        require(size >= 8 && size <= MOST, "it has an impossible size");
        NativeMemory memory = NativeMemory.allocate((int) size);
        require(FileCalls.readAt(file, memory, (int) size, 0) == size, "it is shorter than it says");
        ByteBuffer bytes = memory.buffer().order(ByteOrder.LITTLE_ENDIAN);
        require(bytes.getInt() == COMMON_MAGIC && bytes.getInt() == magic, "it does not start as such a file does");
        List<M> entries = new ArrayList<>();
        while (bytes.hasRemaining()) {
            require(bytes.remaining() >= Integer.BYTES, "it ends within an entry");
            int length = bytes.getInt();
            require(length >= 0 && length <= bytes.remaining(), "it ends within an entry");
            byte[] entry = new byte[length];
            bytes.get(entry);
            entries.add(parser.parseFrom(entry));
        }
        return entries;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    private StasisException malformed(String reason) {
        return new StasisException(new Problem(TtysErrorCode.ENTRY_MALFORMED, name, reason,
                "the image was not made by this version of the plugin"));
    }
}
