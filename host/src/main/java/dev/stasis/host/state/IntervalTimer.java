package dev.stasis.host.state;

/**
 * One of the three interval timers.
 *
 * @param which ITIMER_REAL (0), ITIMER_VIRTUAL (1) or ITIMER_PROF (2)
 * @param intervalMicros between expirations, 0 for a single one
 * @param valueMicros until the next expiration, 0 when it is not armed
 * @see <a href="https://man7.org/linux/man-pages/man2/getitimer.2.html">getitimer(2)</a>
 */
public record IntervalTimer(int which, long intervalMicros, long valueMicros) {}
