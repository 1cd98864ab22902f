package dev.stasis.linux.fs;

/**
 * A time of a file.
 *
 * @param seconds since the epoch
 * @param nanoseconds 0 to 999,999,999
 */
public record Timestamp(long seconds, int nanoseconds) {}
