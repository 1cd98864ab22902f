package dev.stasis.plugins.inetsockets;

import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Addresses as entries have them: words in the order of the machine's memory. */
final class EntryAddress {
    private EntryAddress() {}

    /** Adds the words of {@code from} to the source of {@code entry}. */
    static void source(Endpoint from, inet_sk_entry.Builder entry) {
        ByteBuffer bytes = ByteBuffer.wrap(from.address()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            entry.addSrcAddr(bytes.getInt());
        }
    }

    /** Adds the words of {@code from} to the destination of {@code entry}. */
    static void destination(Endpoint from, inet_sk_entry.Builder entry) {
        ByteBuffer bytes = ByteBuffer.wrap(from.address()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            entry.addDstAddr(bytes.getInt());
        }
    }

    /** The address that {@code words} are, for a socket of {@code family}; {@link IllegalArgumentException} when they are none. */
    static byte[] bytes(int family, List<Integer> words) {
        int length = Endpoint.bytes(family);
        if (words.size() * Integer.BYTES != length) {
            throw new IllegalArgumentException("an address of family " + family + " has not " + words.size() + " words");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < words.size(); i++) {
            bytes.putInt(words.get(i));
        }
        return bytes.array();
    }
}
