package dev.stasis.host.log;

/** Where the lines of the log go. Called by one thread at a time. */
interface LogSink extends AutoCloseable {

    void write(LogEntry entry);

    @Override
    void close();
}
