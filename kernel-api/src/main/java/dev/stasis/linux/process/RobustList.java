package dev.stasis.linux.process;

import dev.stasis.linux.RemoteAddress;

/**
 * A thread's list of robust mutexes.
 *
 * @param head its address, null when the thread has none
 * @param size of the head, in bytes
 * @see <a href="https://man7.org/linux/man-pages/man2/get_robust_list.2.html">get_robust_list(2)</a>
 */
public record RobustList(RemoteAddress head, long size) {}
