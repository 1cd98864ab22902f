package dev.stasis.linux.proc;

import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A POSIX timer, as /proc/PID/timers shows it.
 *
 * @param id its number in the process
 * @param signal sent on expiration
 * @param value given along with the signal
 * @param notification SIGEV_SIGNAL (0), SIGEV_NONE (1) or SIGEV_THREAD (2), with SIGEV_THREAD_ID (4) for one thread
 * @param target the process that is notified, or the thread with SIGEV_THREAD_ID
 * @param clock which clock it follows
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_timers.5.html">proc_pid_timers(5)</a>
 */
public record TimerEntry(int id, int signal, RemoteAddress value, int notification, int target, int clock) {
    private static final int THREAD_ID = 4;

    /** The timers that the bytes of the file tell, in its order. */
    public static List<TimerEntry> parse(byte[] bytes) {
        List<TimerEntry> timers = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            timers.add(entry(cursor));
        }
        return timers;
    }

    /** Four lines: "ID: 1", "signal: 60/00007fff86e452a8", "notify: signal/pid.2634" (or tid.), "ClockID: 0". */
    private static TimerEntry entry(Cursor cursor) {
        int id = number(cursor, "ID: ");
        cursor.nextLine();
        int signal = number(cursor, "signal: ");
        cursor.expect('/');
        long value = cursor.hex();
        cursor.nextLine();
        require(cursor, "notify: ");
        int notification = notification(cursor);
        cursor.expect('/');
        boolean oneThread = cursor.take("tid.");
        int target = oneThread ? (int) cursor.decimal() : number(cursor, "pid.");
        cursor.nextLine();
        int clock = number(cursor, "ClockID: ");
        cursor.nextLine();
        return new TimerEntry(id, signal, new RemoteAddress(value), notification | (oneThread ? THREAD_ID : 0), target, clock);
    }

    private static int notification(Cursor cursor) {
        if (cursor.take("signal")) {
            return 0;
        }
        if (cursor.take("none")) {
            return 1;
        }
        require(cursor, "thread");
        return 2;
    }

    private static int number(Cursor cursor, String label) {
        require(cursor, label);
        return (int) cursor.decimal();
    }

    private static void require(Cursor cursor, String label) {
        if (!cursor.take(label)) {
            throw cursor.malformed(label);
        }
    }
}
