package dev.stasis.host.log;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What is logged, and where.
 *
 * @param level the least important level that is still logged
 * @param file where to; standard error when empty
 */
public record LogSettings(LogLevel level, Optional<Path> file) {
    public LogSettings {
        Objects.requireNonNull(level);
        Objects.requireNonNull(file);
    }

    /**
     * Settings from the command line.
     *
     * @param verbosity the value of {@code -v}: null when not given, empty for a plain one, {@code v}s for repeated ones,
     *     or a number
     * @param file the value of {@code -o}, or null
     */
    public static LogSettings of(String verbosity, Path file) {
        return new LogSettings(level(verbosity, file != null), Optional.ofNullable(file));
    }

    private static LogLevel level(String verbosity, boolean toFile) {
        if (verbosity == null) {
            return toFile ? LogLevel.INFO : LogLevel.WARN;
        }
        boolean number = !verbosity.isEmpty() && Character.isDigit(verbosity.charAt(0));
        return LogLevel.of(number ? verbosity.charAt(0) - '0' : LogLevel.INFO.number() + verbosity.length());
    }

    /** Whether this is more than a warning now and then on standard error. */
    boolean needsLog4j() {
        return file.isPresent() || level.number() > LogLevel.WARN.number();
    }
}
