package dev.stasis.host.state;

/**
 * One resource limit; -1 stands for no limit.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/prlimit.2.html">prlimit(2)</a>
 */
public record ResourceLimit(int resource, long soft, long hard) {}
