package dev.stasis.plugins.memfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileHead;
import dev.stasis.plugins.memfds.proto.memfd_inode_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
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
        FileHead.write(file, entry.toByteArray());
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
        try {
            byte[] head = FileHead.read(file, MAX_ENTRY);
            return new MemfdImage(file, memfd_inode_entry.parseFrom(head), Integer.BYTES + head.length);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw malformed(id, e.getMessage(), e);
        }
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
