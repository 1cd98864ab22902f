package dev.stasis.linux.seed;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;

/**
 * The calling thread without a personality of its own for a while: what it spawns has it too, and execve(2) heeds it. With
 * MMAP_PAGE_ZERO, for example, the new program finds a page at address 0 that nobody asked for.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/personality.2.html">personality(2)</a>
 */
final class PlainPersonality implements AutoCloseable {
    private static final int PLAIN = 0;

    private final long before = Syscalls.check("personality", "this thread", Syscalls.call1(SyscallNumber.PERSONALITY, PLAIN));

    /** Gives the thread its own back. */
    @Override
    public void close() {
        if (before != PLAIN) {
            Syscalls.call1(SyscallNumber.PERSONALITY, before);
        }
    }
}
