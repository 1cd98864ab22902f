package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;

/**
 * A thread's registration for restartable sequences.
 *
 * @param area the thread's {@code struct rseq}, null when it is not registered
 * @param size of the area in bytes
 * @param signature that must stand before each abort handler
 * @param flags of the registration
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a> PTRACE_GET_RSEQ_CONFIGURATION
 */
public record RseqRegistration(RemoteAddress area, int size, int signature, int flags) {}
