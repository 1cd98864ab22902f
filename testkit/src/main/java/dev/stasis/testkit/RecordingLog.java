package dev.stasis.testkit;

import dev.stasis.spi.Log;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A log that keeps the last lines, for a test to look at or to show when it fails. From any thread. */
public final class RecordingLog implements Log {
    private static final int KEPT = 500;

    private final Deque<String> lines = new ArrayDeque<>();

    @Override
    public void warn(String message) {
        add("warn  " + message);
    }

    @Override
    public void info(String message) {
        add("info  " + message);
    }

    @Override
    public void debug(String message) {
        add("debug " + message);
    }

    @Override
    public boolean isDebug() {
        return true;
    }

    private synchronized void add(String line) {
        lines.add(line);
        if (lines.size() > KEPT) {
            lines.remove();
        }
    }

    /** The last lines, oldest first, each with its level in front. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Forgets what was logged. */
    public synchronized void clear() {
        lines.clear();
    }
}
