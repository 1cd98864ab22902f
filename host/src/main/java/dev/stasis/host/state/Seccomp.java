package dev.stasis.host.state;

import dev.stasis.linux.ptrace.SeccompFilter;
import java.util.List;

/**
 * How seccomp confines a thread.
 *
 * @param mode as /proc/PID/status tells it: {@link #NONE}, {@link #STRICT} or {@link #FILTER}
 * @param filters those that judge its calls, the oldest first
 */
public record Seccomp(int mode, List<SeccompFilter> filters) {
    public static final int NONE = 0;
    public static final int STRICT = 1;
    public static final int FILTER = 2;
    /** That of a thread which is not confined. */
    public static final Seccomp UNCONFINED = new Seccomp(NONE, List.of());

    public Seccomp {
        filters = List.copyOf(filters);
    }
}
