package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;
import java.util.Objects;

/**
 * Instructions in a task's own code at which it can be made to call the kernel.
 *
 * @param syscall a {@code syscall} instruction; where {@code restorer} is not null a {@code ret} follows it
 * @param restorer {@code mov $15,%eax; syscall}, that is rt_sigreturn; null when the code has none
 */
public record CallSite(RemoteAddress syscall, RemoteAddress restorer) {
    public CallSite {
        Objects.requireNonNull(syscall);
    }

    /** A place that can only make calls: a thread left there by a dead tracer is lost. */
    public static CallSite of(RemoteAddress syscall) {
        return new CallSite(syscall, null);
    }

    /** Whether a thread finds home from here by itself. */
    public boolean returnsHome() {
        return restorer != null;
    }
}
