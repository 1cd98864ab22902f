package dev.stasis.host.log;

/** How much is logged, numbered as users of CRIU know it. */
public enum LogLevel {
    ERROR(1),
    WARN(2),
    INFO(3),
    DEBUG(4);

    private final int number;

    LogLevel(int number) {
        this.number = number;
    }

    /** The number in {@code -vN}. */
    public int number() {
        return number;
    }

    /** The level with the number nearest to {@code number}. */
    static LogLevel of(int number) {
        return number <= 1 ? ERROR : number >= 4 ? DEBUG : number == 2 ? WARN : INFO;
    }
}
