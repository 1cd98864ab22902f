package dev.stasis.host.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;

/** A line of the log as text: local time, level, message. Log4j2's own patterns would have it scan for plugins first. */
final class LogLayout extends AbstractStringLayout {
    private final ZoneId zone = ZoneId.systemDefault();

    LogLayout() {
        super(StandardCharsets.UTF_8);
    }

    @Override
    public String toSerializable(LogEvent event) {
        long millis = event.getMessage() instanceof LoggedLine line ? line.millis() : event.getTimeMillis();
        StringBuilder text = new StringBuilder(120).append(time(millis)).append(' ').append(event.getLevel().name());
        text.append(event.getLevel().name().length() == 4 ? "  " : " ").append(event.getMessage().getFormattedMessage());
        text.append('\n');
        if (event.getThrown() != null) {
            StringWriter trace = new StringWriter();
            event.getThrown().printStackTrace(new PrintWriter(trace));
            text.append(trace);
        }
        return text.toString();
    }

    private String time(long millis) {
        LocalDateTime time = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), zone);
        StringBuilder text = new StringBuilder(23).append(time.toLocalDate());
        append(text, ' ', time.getHour(), 100);
        append(text, ':', time.getMinute(), 100);
        append(text, ':', time.getSecond(), 100);
        append(text, '.', time.getNano() / 1_000_000, 1000);
        return text.toString();
    }

    /** Adds {@code number} with the leading zeros that a number below {@code limit} has. */
    private static void append(StringBuilder text, char separator, int number, int limit) {
        int digits = text.append(separator).length();
        text.append(limit + number).deleteCharAt(digits);
    }
}
