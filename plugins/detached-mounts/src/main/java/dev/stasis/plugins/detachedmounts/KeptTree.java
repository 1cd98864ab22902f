package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.detachedmounts.proto.kept_tree_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Arrays;
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
        byte[] bytes = entry.toByteArray();
        byte[] head = new byte[4 + bytes.length];
        for (int i = 0; i < 4; i++) {
            head[i] = (byte) (bytes.length >>> (8 * i));
        }
        System.arraycopy(bytes, 0, head, 4, bytes.length);
        FileCalls.write(file, head);
        return aligned(head.length);
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
        byte[] length = read(id, file, 4);
        int size = 0;
        for (int i = 3; i >= 0; i--) {
            size = (size << 8) | (length[i] & 0xff);
        }
        if (size < 0 || size > MAX_ENTRY) {
            throw malformed(id, "its entry would be " + Integer.toUnsignedString(size) + " bytes long", null);
        }
        try {
            return new KeptTree(file, kept_tree_entry.parseFrom(read(id, file, size)), aligned(4L + size));
        } catch (InvalidProtocolBufferException e) {
            throw malformed(id, e.getMessage(), e);
        }
    }

    private static byte[] read(int id, Fd file, int length) {
        byte[] all = new byte[0];
        while (all.length < length) {
            byte[] piece = FileCalls.read(file, length - all.length);
            if (piece.length == 0) {
                throw malformed(id, "it is shorter than it should be", null);
            }
            int had = all.length;
            all = Arrays.copyOf(all, had + piece.length);
            System.arraycopy(piece, 0, all, had, piece.length);
        }
        return all;
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
