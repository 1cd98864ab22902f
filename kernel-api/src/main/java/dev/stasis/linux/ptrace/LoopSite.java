package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.internal.CallLoop;
import java.util.Objects;

/**
 * Instructions, put into a task's memory for the while, with which it makes all calls of a {@link dev.stasis.linux.CallList} and
 * then stops by a SIGTRAP: a task whose tracer has died does not survive that.
 *
 * @param start where {@link #code()} stands and can be executed
 */
public record LoopSite(RemoteAddress start) {
    private static final byte[] INT3 = {(byte) 0xcc};

    public LoopSite {
        Objects.requireNonNull(start);
    }

    /** The instructions: they run at any address. */
    public static byte[] code() {
        return CallLoop.code(new byte[0], INT3);
    }

    /** Where a thread stands that has made all calls. */
    RemoteAddress end() {
        return start.plus(CallLoop.LENGTH + INT3.length);
    }
}
