package dev.stasis.linux.proc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of /proc as a kernel once wrote them. */
final class Captures {
    private Captures() {}

    static byte[] of(String name) {
        try (InputStream in = Captures.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
