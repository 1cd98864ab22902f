package dev.stasis.host.cli;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;

/** The ids of the plugins that the user disabled, one a line in a file that need not exist. */
final class DisabledPlugins {
    private final Path file;

    DisabledPlugins(Path file) {
        this.file = file;
    }

    /** All of them. */
    Set<String> ids() {
        if (!Files.exists(file)) {
            return Set.of();
        }
        try {
            Set<String> ids = new TreeSet<>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    ids.add(line.strip());
                }
            }
            return ids;
        } catch (IOException unreadable) {
            throw failed("cannot be read", unreadable);
        }
    }

    /** Makes {@code ids} all of them. */
    void set(Set<String> ids) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".part");
            Files.write(fresh, new TreeSet<>(ids));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw failed("cannot be written", failure);
        }
    }

    private StasisException failed(String what, IOException failure) {
        return new StasisException(new Problem(CliError.CANNOT_WRITE, file.toString(), "the list of disabled plugins " + what
                + ": " + failure, "see to its directory"), failure);
    }
}
