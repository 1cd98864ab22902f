package dev.stasis.host.task.freeze;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * By how many nanoseconds a thread's timers may be late. A thread of a real-time policy has none, and one that was given such a
 * policy for a while does not get its own back from the kernel.
 */
public final class TimerSlack {
    private static final String FILE = "timerslack_ns";

    private TimerSlack() {}

    /** That of {@code thread}; empty where this process may not know: another's takes CAP_SYS_NICE. */
    public static OptionalLong of(Pid thread) {
        try {
            byte[] text = ProcFile.read(thread, FILE);
            long nanos = 0;
            for (int i = 0; i < text.length && text[i] >= '0' && text[i] <= '9'; i++) {
                nanos = nanos * 10 + text[i] - '0';
            }
            return OptionalLong.of(nanos);
        } catch (KernelException e) {
            return OptionalLong.empty();
        }
    }

    /** Gives {@code thread} one of {@code nanos}. */
    static void set(Pid thread, long nanos) {
        try (Fd file = FileCalls.open(ProcFile.path(thread, FILE), OpenFlags.WRONLY, 0)) {
            FileCalls.write(file, Long.toString(nanos).getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
