package dev.stasis.host.log;

import org.apache.logging.log4j.message.Message;

/** A line of the log as log4j2 passes it on, with the time at which it was logged rather than written. */
final class LoggedLine implements Message {
    private static final long serialVersionUID = 1L;

    private final transient LogEntry entry;

    LoggedLine(LogEntry entry) {
        this.entry = entry;
    }

    long millis() {
        return entry.millis();
    }

    @Override
    public String getFormattedMessage() {
        return entry.message();
    }

    @Override
    public Object[] getParameters() {
        return new Object[0];
    }

    @Override
    public Throwable getThrowable() {
        return entry.failure();
    }
}
