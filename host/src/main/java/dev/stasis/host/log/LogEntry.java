package dev.stasis.host.log;

/**
 * One line of the log.
 *
 * @param level how important it is
 * @param millis when, in milliseconds since 1970
 * @param message what
 * @param failure what failed, or null
 */
record LogEntry(LogLevel level, long millis, String message, Throwable failure) {}
