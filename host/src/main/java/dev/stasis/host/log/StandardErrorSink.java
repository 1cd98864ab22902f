package dev.stasis.host.log;

import java.io.PrintStream;

/** Prints warnings for people, without times and without any library. */
final class StandardErrorSink implements LogSink {
    private final PrintStream err;

    StandardErrorSink(PrintStream err) {
        this.err = err;
    }

    @Override
    public void write(LogEntry entry) {
        err.println("stasis: " + (entry.level() == LogLevel.WARN ? "warning: " : "") + entry.message());
    }

    @Override
    public void close() {
        err.flush();
    }
}
