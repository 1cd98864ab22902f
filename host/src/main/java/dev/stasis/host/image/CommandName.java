package dev.stasis.host.image;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** A task's name: bytes to the kernel, Latin-1 in the records, UTF-8 text in the reference's messages. */
final class CommandName {

    private CommandName() {}

    /** The name for people: what its bytes say as UTF-8. */
    static String text(String name) {
        return isAscii(name) ? name : new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Its bytes. */
    static ByteString bytes(String name) {
        return ByteString.copyFrom(name, StandardCharsets.ISO_8859_1);
    }

    /** The name of these bytes. */
    static String of(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the text says all. */
    static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
