package dev.stasis.host.image;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;

/** The records of an image file whose bytes were verified. Every size in it is checked before it is believed. */
final class RecordFile {
    private final byte[] bytes;
    private int at;

    /** The file of these {@code bytes}, which must start with {@code magic}. */
    RecordFile(byte[] bytes, ImageMagic magic) {
        this.bytes = bytes;
        for (int i = 0; i < magic.length() / Integer.BYTES; i++) {
            MalformedImage.unless(nextWord() == magic.word(i), "it does not start as a file of type " + magic + " does");
        }
    }

    /** Whether there is another record. */
    boolean hasNext() {
        return at < bytes.length;
    }

    /** Moves to the next record: its bytes are those of {@link #bytes()} from the returned offset up to {@link #position()}. */
    int next() {
        int size = nextWord();
        MalformedImage.unless(size >= 0 && size <= bytes.length - at, "a record of ", size,
                " bytes reaches beyond its end");
        int start = at;
        at += size;
        return start;
    }

    /** The next record as a message. */
    <M extends MessageLite> M next(Parser<M> parser) throws InvalidProtocolBufferException {
        int start = next();
        return parser.parseFrom(bytes, start, at - start);
    }

    /** All records from here on. */
    <M extends MessageLite> List<M> all(Parser<M> parser) throws InvalidProtocolBufferException {
        List<M> messages = new ArrayList<>();
        while (hasNext()) {
            messages.add(next(parser));
        }
        return messages;
    }

    /** The one record that the file must have. */
    <M extends MessageLite> M single(Parser<M> parser) throws InvalidProtocolBufferException {
        M message = next(parser);
        MalformedImage.unless(!hasNext(), "it has more than the one record that it may have");
        return message;
    }

    /** All bytes of the file. */
    byte[] bytes() {
        return bytes;
    }

    /** The offset behind what was read last. */
    int position() {
        return at;
    }

    /** The next word without a size, little-endian. */
    int nextWord() {
        MalformedImage.unless(bytes.length - at >= Integer.BYTES, "it ends within a word");
        int word = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            word |= (bytes[at++] & 0xff) << shift;
        }
        return word;
    }
}
