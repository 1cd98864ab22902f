package dev.stasis.plugins.signalfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.lang.ref.Reference;
import java.util.Optional;

/**
 * The signals that are read from a signalfd.
 *
 * @param bits bit 0 is signal 1
 */
record SignalSet(long bits) {
    private static final String NAME = "sigmask:";
    private static final int DIGITS = 16;

    /**
     * What the lines of its fdinfo file tell; empty when there is no set among them.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    static Optional<SignalSet> parse(String lines) {
        int at = lines.indexOf(NAME);
        if (at < 0) {
            return Optional.empty();
        }
        String digits = lines.substring(at + NAME.length()).strip();
        return Optional.of(new SignalSet(Long.parseUnsignedLong(digits, 0, Math.min(DIGITS, digits.length()), 16)));
    }

    /** A descriptor that these are read from; the caller owns it. @see signalfd(2) */
    Fd open() {
        NativeMemory mask = NativeMemory.allocate(Long.BYTES).putLong(0, bits);
        Fd file = Fd.own((int) SystemCalls.call("signalfd4", this, SyscallNumber.SIGNALFD4, -1, mask.address(), Long.BYTES,
                OpenFlags.CLOEXEC.bits()));
        Reference.reachabilityFence(mask);
        return file;
    }

    /** Such as {@code signals 2, 15}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(bits == 0 ? "no signals" : "signals");
        for (int i = 0; i < Long.SIZE; i++) {
            if ((bits >>> i & 1) != 0) {
                text.append((bits & (1L << i) - 1) == 0 ? " " : ", ").append(i + 1);
            }
        }
        return text.toString();
    }
}
