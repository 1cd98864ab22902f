package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileHead;
import dev.stasis.plugins.detachedmounts.proto.kept_tree_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Optional;

/**
 * The image file of what was reached of one mount: the length of its entry (four bytes, little-endian), the entry, then the
 * contents of all files without holes, each extent at the next multiple of {@value #BLOCK}.
 *
 * @param file the file; owned
 * @param entry what was reached
 * @param contents where the contents start
 */
record KeptTree(Fd file, kept_tree_entry entry, long contents) implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int MAX_ENTRY = 1 << 28;

    /** The name of the image file of mount {@code id}. */
    static String name(int id) {
        return "stasis-detached-mounts-" + id + ".img";
    }

    /** The first offset at or behind {@code offset} where an extent may start. */
    static long aligned(long offset) {
        return (offset + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Writes all but the contents; returns where these start. */
    static long writeHead(Fd file, kept_tree_entry entry) {
        return aligned(FileHead.write(file, entry.toByteArray()));
    }

    /** Opens the image file of mount {@code id}; the caller closes it. */
    static KeptTree open(int id, ImageInput image) {
        Optional<Fd> file = image.open(name(id));
        if (file.isEmpty()) {
            throw malformed(id, "the image has no such file", null);
        }
        boolean done = false;
        try {
            KeptTree opened = readHead(id, file.get());
            done = true;
            return opened;
        } finally {
            if (!done) {
                file.get().close();
            }
        }
    }

    private static KeptTree readHead(int id, Fd file) {
        try {
            byte[] head = FileHead.read(file, MAX_ENTRY);
            return new KeptTree(file, kept_tree_entry.parseFrom(head), aligned(Integer.BYTES + (long) head.length));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw malformed(id, e.getMessage(), e);
        }
    }

    static StasisException malformed(int id, String reason, Throwable cause) {
        return new StasisException(new Problem(DetachedMountsErrorCode.ENTRY_MALFORMED, name(id), reason,
                "the image is damaged, or of a later version"), cause);
    }

    @Override
    public void close() {
        file.close();
    }
}
