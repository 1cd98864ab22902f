package dev.stasis.host.log;

import dev.stasis.spi.Log;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The log of one run of the tool. Until {@link #begin} says where it goes, lines are kept; then a thread of its own writes
 * them, so that whoever logs while a tree stands still waits neither for a file nor for the loading of log4j.
 *
 * <p>Any thread may log.
 */
public final class ToolLog implements Log, Runnable, AutoCloseable {
    private final Queue<LogEntry> waiting = new ArrayDeque<>();
    private LogSettings settings;
    private Thread writer;
    private boolean busy;
    private boolean closed;

    /** Says what is logged and where; lines below the level that were kept are dropped. */
    public synchronized void begin(LogSettings chosen) {
        settings = chosen;
        for (int count = waiting.size(); count > 0; count--) {
            LogEntry entry = waiting.remove();
            if (wanted(entry.level())) {
                waiting.add(entry);
            }
        }
        writer = new Thread(this, "log");
        writer.setDaemon(true);
        if (chosen.needsLog4j() || !waiting.isEmpty()) {
            writer.start();
        }
    }

    @Override
    public void warn(String message) {
        add(LogLevel.WARN, message, null);
    }

    @Override
    public void info(String message) {
        add(LogLevel.INFO, message, null);
    }

    @Override
    public void debug(String message) {
        add(LogLevel.DEBUG, message, null);
    }

    @Override
    public boolean isDebug() {
        return wanted(LogLevel.DEBUG);
    }

    /** Logs a failure that nobody foresaw, with all that is known of it. */
    public void failure(Throwable failure) {
        add(LogLevel.DEBUG, failure.toString(), failure);
    }

    private synchronized boolean wanted(LogLevel level) {
        return settings == null || level.number() <= settings.level().number();
    }

    private synchronized void add(LogLevel level, String message, Throwable failure) {
        if (closed || !wanted(level)) {
            return;
        }
        waiting.add(new LogEntry(level, System.currentTimeMillis(), message, failure));
        if (writer != null && writer.getState() == Thread.State.NEW) {
            writer.start();
        }
        notifyAll();
    }

    /** Writes lines as they come, until the log is closed; for the log's own thread. */
    @Override
    public void run() {
        try (LogSink sink = settings.needsLog4j() ? Log4jSink.open(settings) : new StandardErrorSink(System.err)) {
            LogEntry entry = next();
            while (entry != null) {
                sink.write(entry);
                entry = next();
            }
        }
    }

    /** The next line, when there is one; null at the end. */
    private synchronized LogEntry next() {
        busy = false;
        notifyAll();
        while (waiting.isEmpty() && !closed) {
            await();
        }
        busy = !waiting.isEmpty();
        return waiting.poll();
    }

    /** Waits until all that was logged is written, if anything writes. */
    public synchronized void flush() {
        while (writer != null && writer.isAlive() && (busy || !waiting.isEmpty())) {
            await();
        }
    }

    private void await() {
        try {
            wait(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Writes what is left and closes the file. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            if (writer != null) {
                writer.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
