package dev.stasis.host.state;

import dev.stasis.linux.RemoteAddress;

/**
 * A thread's alternate signal stack.
 *
 * @param base its lowest address
 * @param size in bytes
 * @param flags SS_ONSTACK (1), SS_DISABLE (2), SS_AUTODISARM (1 << 31)
 * @see <a href="https://man7.org/linux/man-pages/man2/sigaltstack.2.html">sigaltstack(2)</a>
 */
public record AlternateStack(RemoteAddress base, long size, int flags) {}
