package dev.stasis.plugins.unixsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.unixsockets.proto.sk_packet_entry;
import dev.stasis.plugins.unixsockets.proto.sk_ucred_entry;

/** Writes the image file with what waits in sockets: see {@link QueueFile}. */
final class QueueWriter {
    private static final int PIECE = 1 << 20;

    private final Fd file;
    private final NativeMemory memory = NativeMemory.allocate(PIECE);
    private int used;

    /** Writes to {@code file}, which is borrowed, the magic words first. */
    QueueWriter(Fd file) {
        this.file = file;
        memory.putInt(0, QueueFile.COMMON_MAGIC).putInt(Integer.BYTES, QueueFile.MAGIC);
        used = 2 * Integer.BYTES;
    }

    /**
     * Adds a packet, or a part of a stream, of socket {@code id}.
     *
     * @param sender name of the socket it came from; null when that is the peer
     * @param credentials of the sender; null when the kernel keeps none with it
     */
    void add(int id, byte[] bytes, byte[] sender, Credentials credentials) {
        sk_packet_entry.Builder entry = sk_packet_entry.newBuilder().setIdFor(id).setLength(bytes.length);
        if (sender != null) {
            entry.setSender(ByteString.copyFrom(sender));
        }
        if (credentials != null) {
            entry.setUcred(sk_ucred_entry.newBuilder().setUid(credentials.uid()).setGid(credentials.gid()).setPid(credentials.pid()));
        }
        byte[] head = entry.build().toByteArray();
        if (PIECE - used < Integer.BYTES + head.length) {
            flush();
        }
        memory.putInt(used, head.length).put(used + Integer.BYTES, head);
        used += Integer.BYTES + head.length;
        put(bytes);
    }

    private void put(byte[] bytes) {
        if (PIECE - used < bytes.length) {
            flush();
        }
        if (bytes.length > PIECE) {
            FileCalls.write(file, bytes);
            return;
        }
        memory.put(used, bytes);
        used += bytes.length;
    }

    /** Writes what is left. */
    void flush() {
        FileCalls.write(file, memory, used);
        used = 0;
    }
}
