package dev.stasis.plugins.eventfds;

import java.util.Optional;

/**
 * What there is in an eventfd.
 *
 * @param value how much was added and not read, an unsigned number of 64 bits
 * @param semaphore whether a read takes one (EFD_SEMAPHORE) instead of all
 */
record Counter(long value, boolean semaphore) {
    private static final String COUNT = "eventfd-count:";
    private static final String SEMAPHORE = "eventfd-semaphore:";

    /**
     * What the lines of its fdinfo file tell; empty when there is no counter among them. Kernels before 6.5 do not tell of semaphores.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    static Optional<Counter> parse(String lines) {
        String value = value(lines, COUNT);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Counter(Long.parseUnsignedLong(value, 16), value(lines, SEMAPHORE).equals("1")));
    }

    /** What stands behind {@code name}; nothing when there is no such line. */
    private static String value(String lines, String name) {
        int at = lines.indexOf(name);
        if (at < 0) {
            return "";
        }
        int end = lines.indexOf('\n', at);
        return lines.substring(at + name.length(), end < 0 ? lines.length() : end).strip();
    }

    @Override
    public String toString() {
        return (semaphore ? "semaphore of " : "counter of ") + Long.toUnsignedString(value);
    }
}
