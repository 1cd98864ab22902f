package dev.stasis.host.task.read;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * Keys that are a process's or its first thread's own and go with it. The keyring of a session is like the session: that of
 * whoever restores.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/keyrings.7.html">keyrings(7)</a>
 */
final class Keyrings {
    private static final int GET_KEYRING_ID = 0;
    private static final int OF_THREAD = -1;
    private static final int OF_PROCESS = -2;

    private Keyrings() {}

    /** Throws {@link StasisException} when {@code pid}, which makes {@code calls}, has any. A kernel may have been built without. */
    static void refuse(RemoteCalls calls, Pid pid) {
        refuse(calls, pid, OF_THREAD, "its first thread has a keyring of its own");
        refuse(calls, pid, OF_PROCESS, "it has a keyring of its own");
    }

    private static void refuse(RemoteCalls calls, Pid pid, int keyring, String reason) {
        if ((int) calls.tryCall(SyscallNumber.KEYCTL, GET_KEYRING_ID, keyring, 0) > 0) {
            throw new StasisException(new Problem(GuardError.KEYRING, "task " + pid, reason + " (keyrings(7))",
                    "have the program keep its keys in the user's keyring"));
        }
    }
}
