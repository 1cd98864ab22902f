package dev.stasis.host.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** CRIU's own image tool, of Debian's package {@code criu}: an opinion on our images that is not ours. */
final class Crit {

    private Crit() {}

    /** What it says of an image file, as JSON without spaces. */
    static String decode(Path file) {
        return run("decode", "-i", file.toString()).replace(" ", "").trim();
    }

    /** What it says of a whole directory; {@code what} is ps, fds, mems or rss. */
    static String explore(Path directory, String what) {
        return run("x", directory.toString(), what);
    }

    private static String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("crit"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("crit is part of the package criu, which the tests need", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
