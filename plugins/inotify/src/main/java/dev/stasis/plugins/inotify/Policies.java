package dev.stasis.plugins.inotify;

import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** The plugin's options and what they may be. */
final class Policies {
    static final String UNRESOLVED_WATCH = "unresolved-watch";
    static final String MISSED_EVENTS = "missed-events";
    static final String LOOK_INTO_QUEUES = "look-into-queues";

    /** When a queue ends with an overflow, because of changes made while the process did not exist. */
    enum Missed { AUTO, ALWAYS, NEVER }

    private Policies() {}

    /** Whether a watch on what is not found again is dropped rather than a reason to refuse. */
    static boolean dropsUnresolved(Options options) {
        String value = options.value(UNRESOLVED_WATCH).orElse("refuse");
        return switch (value) {
            case "refuse" -> false;
            case "drop-with-overflow" -> true;
            default -> throw unknown(UNRESOLVED_WATCH, value, "refuse or drop-with-overflow");
        };
    }

    /** What is done about changes that nobody saw. */
    static Missed missed(Options options) {
        String value = options.value(MISSED_EVENTS).orElse("auto");
        return switch (value) {
            case "auto" -> Missed.AUTO;
            case "always" -> Missed.ALWAYS;
            case "never" -> Missed.NEVER;
            default -> throw unknown(MISSED_EVENTS, value, "auto, always or never");
        };
    }

    /** Whether queues are read without emptying them where the kernel allows it. */
    static boolean looksIntoQueues(Options options) {
        String value = options.value(LOOK_INTO_QUEUES).orElse("auto");
        return switch (value) {
            case "auto" -> true;
            case "never" -> false;
            default -> throw unknown(LOOK_INTO_QUEUES, value, "auto or never");
        };
    }

    private static StasisException unknown(String option, String value, String allowed) {
        return new StasisException(new Problem(InotifyErrorCode.OPTION_UNKNOWN_VALUE, "option --" + option,
                "it cannot be \"" + value + "\"", "give " + allowed));
    }

    /** The problem that nothing leads to what {@code watch} is on. */
    static Problem notFound(String holder, Watch watch) {
        return notFound(holder, watch.subject());
    }

    /** The problem that nothing leads to what {@code subject}, a watch or mark of {@code holder}, is on. */
    static Problem notFound(String holder, String subject) {
        return new Problem(InotifyErrorCode.TARGET_NOT_FOUND, holder + ": " + subject,
                "neither its file handle nor its path leads to what it watches",
                "put it back, or give --" + UNRESOLVED_WATCH + "=drop-with-overflow to do without the watch");
    }

    /** The same of a dump. What is watched may be there, and may have several names of which nothing tells the one. */
    static Problem lost(String holder, String subject) {
        return new Problem(InotifyErrorCode.TARGET_NOT_FOUND, holder + ": " + subject,
                "neither its file handle nor its path leads to what it watches, or not for certain",
                "give --" + UNRESOLVED_WATCH + "=drop-with-overflow to do without the watch, or, of a file of overlayfs or FUSE with"
                        + " several names and of fanotify marks there, dump with the right to load BPF programs");
    }
}
