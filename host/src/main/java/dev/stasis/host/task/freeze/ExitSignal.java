package dev.stasis.host.task.freeze;

/** Which signal a process sends to its parent when it ends. Pure. */
final class ExitSignal {
    private static final int FIELD = 38;

    private ExitSignal() {}

    /**
     * That of the process whose /proc/PID/stat is {@code stat}.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a> exit_signal
     */
    static int of(byte[] stat) {
        int at = stat.length - 1;
        while (at > 0 && stat[at] != ')') { // the name before it may hold anything
            at--;
        }
        for (int field = 2; field < FIELD; field++) {
            at = blankFrom(stat, at) + 1;
        }
        int signal = 0;
        while (at < stat.length && stat[at] >= '0' && stat[at] <= '9') {
            signal = signal * 10 + stat[at++] - '0';
        }
        return signal;
    }

    private static int blankFrom(byte[] stat, int from) {
        int at = from;
        while (at < stat.length && stat[at] != ' ') {
            at++;
        }
        return at;
    }
}
