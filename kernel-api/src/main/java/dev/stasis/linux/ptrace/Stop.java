package dev.stasis.linux.ptrace;

/**
 * What waiting for a traced thread brought: it stopped in one of four ways, or it is gone, which is an answer like any
 * other because a traced thread may be killed at any time.
 */
public sealed interface Stop {

    /** The thread no longer exists. */
    record Gone(WaitStatus status) implements Stop {}

    /** The thread stands at the entry or the exit of a system call. */
    record AtSyscall(StoppedTask task) implements Stop {}

    /** The thread is about to get {@code signal}, which is lost unless it is passed on when the thread is resumed. */
    record AtSignal(StoppedTask task, int signal) implements Stop {}

    /** The thread stands at a ptrace event: an interrupt, a group stop, or one of those asked for by options. */
    record AtEvent(StoppedTask task, int event, int signal) implements Stop {
        public static final int FORK = 1;
        public static final int VFORK = 2;
        public static final int CLONE = 3;
        public static final int EXEC = 4;
        public static final int VFORK_DONE = 5;
        public static final int EXIT = 6;
        public static final int STOP = 128;

        /** Whether a stop signal (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU) holds the whole process. */
        public boolean isGroupStop() {
            return event == STOP && signal != 5;
        }
    }
}
