package dev.stasis.linux.proc;

import java.nio.charset.StandardCharsets;

/**
 * What /proc/PID/stat or /proc/PID/task/TID/stat tells. The addresses are 0 for a task that has ended or that the reader may
 * not look into.
 *
 * @param name the task's comm, as Latin-1
 * @param state R, S, D, T, t, Z, X ...
 * @param parent its parent's pid, 0 when that is in another pid namespace
 * @param group its process group
 * @param session its session
 * @param terminal device number of its controlling terminal, 0 for none
 * @param foreground the foreground process group of its controlling terminal, less than 1 for none
 * @param flags the kernel's PF_* flags
 * @param startTime when it began, in clock ticks since boot: together with the pid it names a task for good
 * @param exitCode wait status of a task that has ended
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
public record TaskStat(
        int pid,
        String name,
        char state,
        int parent,
        int group,
        int session,
        int terminal,
        int foreground,
        long flags,
        long startTime,
        long startCode,
        long endCode,
        long startStack,
        int processor,
        long startData,
        long endData,
        long startBrk,
        long argumentsStart,
        long argumentsEnd,
        long environmentStart,
        long environmentEnd,
        int exitCode) {
    private static final long KERNEL_THREAD = 0x00200000;
    private static final int FIELDS = 52;

    /** What the bytes of the file tell; throws {@link IllegalArgumentException} for bytes that are not it. */
    public static TaskStat parse(byte[] bytes) {
        Cursor cursor = new Cursor(bytes);
        int pid = (int) cursor.decimal();
        int close = lastParenthesis(bytes);
        int open = cursor.position() + 2;
        if (close < open) {
            throw cursor.malformed("a name in parentheses");
        }
        String name = new String(bytes, open, close - open, StandardCharsets.ISO_8859_1);
        cursor.position(close + 2);
        char state = (char) cursor.peek();
        cursor.skip(2);
        return of(pid, name, state, numbers(cursor));
    }

    private static int lastParenthesis(byte[] bytes) {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == ')') {
                return i;
            }
        }
        return -1;
    }

    /** The numbers from the fourth field on, at the places that the manual page gives them. */
    private static long[] numbers(Cursor cursor) {
        long[] fields = new long[FIELDS + 1];
        for (int i = 4; i <= FIELDS && !cursor.atLineEnd(); i++) {
            fields[i] = cursor.decimal();
            cursor.skipBlanks();
        }
        return fields;
    }

    private static TaskStat of(int pid, String name, char state, long[] f) {
        return new TaskStat(pid, name, state, (int) f[4], (int) f[5], (int) f[6], (int) f[7], (int) f[8], f[9], f[22], f[26], f[27], f[28],
                (int) f[39], f[45], f[46], f[47], f[48], f[49], f[50], f[51], (int) f[52]);
    }

    /** Whether it has ended and waits for its parent. */
    public boolean isZombie() {
        return state == 'Z' || state == 'X';
    }

    /** Whether it is a thread of the kernel, which has no memory of its own. */
    public boolean isKernelThread() {
        return (flags & KERNEL_THREAD) != 0;
    }
}
