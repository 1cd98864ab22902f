package dev.stasis.host.task.read;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;

/**
 * Keys that are a process's or its first thread's own and go with it. The keyring of a session is like the session: that of
 * whoever restores; most processes that came from a login have one, so it is no reason to refuse them, but one to tell.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/keyrings.7.html">keyrings(7)</a>
 */
public final class Keyrings {
    private static final int GET_KEYRING_ID = 0;
    private static final int DESCRIBE = 6;
    private static final int READ = 11;
    private static final int OF_THREAD = -1;
    private static final int OF_PROCESS = -2;
    private static final int OF_SESSION = -3;
    private static final int OF_USER = -4;
    private static final int OF_USER_SESSION = -5;
    private static final int LONGEST_DESCRIPTION = 512;
    private static final int FIELDS_BEFORE_DESCRIPTION = 4;

    private Keyrings() {}

    /** Throws {@link StasisException} when {@code pid}, which makes {@code calls}, has any. A kernel may have been built without. */
    static void refuse(RemoteCalls calls, Pid pid) {
        refuse(calls, pid, OF_THREAD, "its first thread has a keyring of its own");
        refuse(calls, pid, OF_PROCESS, "it has a keyring of its own");
    }

    private static void refuse(RemoteCalls calls, Pid pid, int keyring, String reason) {
        if (number(calls, keyring) > 0) {
            throw new StasisException(new Problem(GuardError.KEYRING, "task " + pid, reason + " (keyrings(7))",
                    "have the program keep its keys in the user's keyring"));
        }
    }

    private static int number(RemoteCalls calls, int keyring) {
        return (int) calls.tryCall(SyscallNumber.KEYCTL, GET_KEYRING_ID, keyring, 0);
    }

    /** The session keyring of the task that makes {@code calls}, as {@code TaskSettings} has it. */
    static String ofSession(RemoteCalls calls) {
        int session = number(calls, OF_SESSION);
        if (session <= 0 || session == ofOurUser() || session == number(calls, OF_USER_SESSION) || !hasKeys(calls)) {
            return "";
        }
        RemoteAddress place = calls.lend(LONGEST_DESCRIPTION);
        int length = (int) calls.tryCall(SyscallNumber.KEYCTL, DESCRIBE, OF_SESSION, place.value(), LONGEST_DESCRIPTION);
        byte[] text = calls.read(place, Math.max(0, Math.min(length - 1, LONGEST_DESCRIPTION)));
        return session + " " + description(new String(text, StandardCharsets.UTF_8));
    }

    /** What stands behind type, user, group and permissions. */
    static String description(String text) {
        int at = 0;
        for (int i = 0; i < FIELDS_BEFORE_DESCRIPTION && at >= 0; i++) {
            at = text.indexOf(';', at) + 1;
        }
        return text.substring(at);
    }

    /** A login links the keyring of the user into it, which is nothing that one would miss. One that may not be read has some. */
    private static boolean hasKeys(RemoteCalls calls) {
        RemoteAddress place = calls.lend(Long.BYTES);
        int length = (int) calls.tryCall(SyscallNumber.KEYCTL, READ, OF_SESSION, place.value(), Integer.BYTES);
        boolean isOne = length == Integer.BYTES;
        return length != 0 && !(isOne && Bytes.intAt(calls.read(place, Integer.BYTES), 0) == number(calls, OF_USER));
    }

    /** What all processes of this process's user have that were not given another: saves a call in most of those that are dumped. */
    private static int ofOurUser() {
        return (int) SystemCalls.tryCall(SyscallNumber.KEYCTL, GET_KEYRING_ID, OF_USER_SESSION, 0);
    }

    /** The number of this process's own session keyring; not positive for none. */
    public static int ofOurSession() {
        return (int) SystemCalls.tryCall(SyscallNumber.KEYCTL, GET_KEYRING_ID, OF_SESSION, 0);
    }
}
