package dev.stasis.plugins.unixsockets;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.unixsockets.proto.sk_packet_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The image file with what waits in sockets: two magic words, then for each packet the length of its entry (four bytes,
 * little-endian), the entry and the bytes.
 */
final class QueueFile {
    /** CRIU's. */
    static final String NAME = "sk-queues.img";
    static final int COMMON_MAGIC = 0x54564319;
    static final int MAGIC = 0x56264026;

    private static final int MAX_ENTRY = 1 << 16;
    private static final int WINDOW = 1 << 16;

    private final Fd file;
    private final NativeMemory window = NativeMemory.allocate(WINDOW);
    private long start;
    private int filled;

    private QueueFile(Fd file) {
        this.file = file;
    }

    /** A packet and where its bytes are. */
    record Packet(sk_packet_entry entry, long contents) {}

    /** Opens the file of {@code image}; the caller closes it. */
    static Fd open(ImageInput image) {
        Optional<Fd> file = image.open(NAME);
        if (file.isEmpty()) {
            throw new StasisException(new Problem(UnixSocketsErrorCode.CONTENTS_MISSING, NAME, "the image has no such file",
                    "take the image directory as a whole"));
        }
        return file.get();
    }

    /** All packets of {@code file}, in order, by the number of the socket they wait in. */
    static Map<Integer, List<Packet>> index(Fd file) {
        return new QueueFile(file).index();
    }

    private Map<Integer, List<Packet>> index() {
        require(holds(0, 2 * Integer.BYTES) && word(0) == COMMON_MAGIC && word(Integer.BYTES) == MAGIC,
                "it does not start as such a file does");
        Map<Integer, List<Packet>> all = new HashMap<>();
        long at = 2 * Integer.BYTES;
        while (holds(at, 1)) {
            require(holds(at, Integer.BYTES), "it ends within an entry");
            int length = word(at);
            require(length >= 0 && length <= MAX_ENTRY, "it has an entry of an impossible length");
            require(holds(at + Integer.BYTES, length), "it ends within an entry");
            sk_packet_entry entry = entry(window.get((int) (at + Integer.BYTES - start), length));
            require(entry.getLength() >= 0, "it has a packet of an impossible length");
            at += Integer.BYTES + length;
            List<Packet> known = all.get(entry.getIdFor());
            if (known == null) {
                known = new ArrayList<>(1);
                all.put(entry.getIdFor(), known);
            }
            known.add(new Packet(entry, at));
            at += entry.getLength();
        }
        return all;
    }

    private boolean holds(long at, int length) {
        if (at < start || at + length > start + filled) {
            start = at;
            filled = FileCalls.readAt(file, window, WINDOW, at);
        }
        return length <= filled;
    }

    private int word(long at) {
        return window.getInt((int) (at - start));
    }

    private static sk_packet_entry entry(byte[] bytes) {
        try {
            return sk_packet_entry.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    private static StasisException malformed(String reason) {
        return new StasisException(new Problem(UnixSocketsErrorCode.ENTRY_MALFORMED, NAME, reason,
                "the image was not made by this version of the plugin"));
    }
}
