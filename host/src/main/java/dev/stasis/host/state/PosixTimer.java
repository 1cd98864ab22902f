package dev.stasis.host.state;

import dev.stasis.linux.RemoteAddress;

/**
 * A timer made by timer_create(2).
 *
 * @param id its number in the process
 * @param clock which clock it follows
 * @param notification SIGEV_SIGNAL (0), SIGEV_NONE (1), SIGEV_THREAD (2), with SIGEV_THREAD_ID (4)
 * @param signal sent on expiration
 * @param value given along with the signal
 * @param thread that gets the signal with SIGEV_THREAD_ID, 0 otherwise
 * @param overrun expirations that went uncounted
 * @param intervalNanos between expirations, 0 for a single one
 * @param valueNanos until the next expiration, 0 when it is not armed
 */
public record PosixTimer(
        int id, int clock, int notification, int signal, RemoteAddress value, int thread, int overrun, long intervalNanos,
        long valueNanos) {}
