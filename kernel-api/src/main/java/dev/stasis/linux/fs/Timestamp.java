package dev.stasis.linux.fs;

/**
 * A time of a file.
 *
 * @param seconds since the epoch
 * @param nanoseconds 0 to 999,999,999
 */
public record Timestamp(long seconds, int nanoseconds) {

    // Written out: what the compiler makes for records goes through method handles, slow before they are compiled.
    @Override
    public boolean equals(Object other) {
        return other instanceof Timestamp that && seconds == that.seconds && nanoseconds == that.nanoseconds;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(seconds) + nanoseconds;
    }
}
