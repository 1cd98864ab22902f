package dev.stasis.plugins.memfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.memfds.proto.memfd_inode_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The image file of one memfd: the length of its entry (four bytes, little-endian), the entry, then its contents without
 * holes.
 *
 * @param file the file, its contents from {@code contents} on; owned
 * @param entry what the memfd was
 * @param contents where the contents start
 */
record MemfdImage(Fd file, memfd_inode_entry entry, long contents) implements AutoCloseable {
    private static final int MAX_ENTRY = 1 << 26;

    /** The name of the image file of memfd {@code id}. */
    static String name(int id) {
        return "stasis-memfds-" + id + ".img";
    }

    /** Writes all but the contents, which then go to the position of {@code file}. */
    static void writeHead(Fd file, memfd_inode_entry entry) {
        byte[] bytes = entry.toByteArray();
        byte[] head = new byte[4 + bytes.length];
        for (int i = 0; i < 4; i++) {
            head[i] = (byte) (bytes.length >>> (8 * i));
        }
        System.arraycopy(bytes, 0, head, 4, bytes.length);
        FileCalls.write(file, head);
    }

    /** Opens the image file of memfd {@code id}; the caller closes it. */
    static MemfdImage open(int id, ImageInput image) {
        Optional<Fd> file = image.open(name(id));
        if (file.isEmpty()) {
            throw new StasisException(new Problem(MemfdsErrorCode.CONTENTS_MISSING, name(id), "the image has no such file",
                    "take the image directory as a whole"));
        }
        boolean done = false;
        try {
            MemfdImage opened = readHead(id, file.get());
            done = true;
            return opened;
        } finally {
            if (!done) {
                file.get().close();
            }
        }
    }

    private static MemfdImage readHead(int id, Fd file) {
        byte[] length = read(id, file, 4);
        int size = 0;
        for (int i = 3; i >= 0; i--) {
            size = (size << 8) | (length[i] & 0xff);
        }
        if (size < 0 || size > MAX_ENTRY) {
            throw malformed(id, "its entry would be " + Integer.toUnsignedString(size) + " bytes long", null);
        }
        try {
            return new MemfdImage(file, memfd_inode_entry.parseFrom(read(id, file, size)), 4 + size);
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

    private static StasisException malformed(int id, String reason, Throwable cause) {
        return new StasisException(new Problem(MemfdsErrorCode.ENTRY_MALFORMED, name(id), reason,
                "the image was not made by this version of the plugin"), cause);
    }

    @Override
    public void close() {
        file.close();
    }
}
