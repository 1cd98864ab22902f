package dev.stasis.linux.proc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What /proc/PID/status or /proc/PID/task/TID/status tells, as far as it is of use here. Fields that the kernel does not show
 * are 0 or empty.
 *
 * @param umask permission bits that new files do not get; -1 when not shown (a task that has ended)
 * @param threadGroup the process that the task is a thread of
 * @param tracer who traces it, 0 for nobody
 * @param uids real, effective, saved and file-system user
 * @param gids real, effective, saved and file-system group
 * @param groups supplementary groups
 * @param namespacePids its numbers in the pid namespaces, the reader's first
 * @param ignored signals that are ignored, bit 0 is signal 1
 * @param caught signals that have a handler
 * @param seccomp 0 for none, 1 strict, 2 filter
 * @param hugePages whether transparent huge pages are not disabled for the process; true when not shown
 * @param threadFeatures x86 features switched on for the thread, such as {@code shstk}
 * @param mitigatesSpeculation whether the thread asked for protection from speculative execution (PR_SET_SPECULATION_CTRL), or a
 *     seccomp filter did so for it
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status(5)</a>
 */
public record TaskStatus(
        int umask,
        int threadGroup,
        int tracer,
        List<Integer> uids,
        List<Integer> gids,
        List<Integer> groups,
        List<Integer> namespacePids,
        long ignored,
        long caught,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        boolean noNewPrivileges,
        int seccomp,
        boolean hugePages,
        String threadFeatures,
        boolean mitigatesSpeculation) {
    public TaskStatus {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        groups = List.copyOf(groups);
        namespacePids = List.copyOf(namespacePids);
    }

    /** One of a thread that asked for no protection from speculative execution. */
    public TaskStatus(
            int umask, int threadGroup, int tracer, List<Integer> uids, List<Integer> gids, List<Integer> groups,
            List<Integer> namespacePids, long ignored, long caught, long inheritable, long permitted, long effective, long bounding,
            long ambient, boolean noNewPrivileges, int seccomp, boolean hugePages, String threadFeatures) {
        this(umask, threadGroup, tracer, uids, gids, groups, namespacePids, ignored, caught, inheritable, permitted, effective,
                bounding, ambient, noNewPrivileges, seccomp, hugePages, threadFeatures, false);
    }

    /** What the bytes of the file tell. */
    public static TaskStatus parse(byte[] bytes) {
        return new Parser().parse(new Cursor(bytes));
    }

    private static final class Parser {
        private int umask = -1;
        private int threadGroup;
        private int tracer;
        private List<Integer> uids = List.of();
        private List<Integer> gids = List.of();
        private List<Integer> groups = List.of();
        private List<Integer> namespacePids = List.of();
        private final long[] signals = new long[2];
        private final long[] capabilities = new long[5];
        private boolean noNewPrivileges;
        private int seccomp;
        private boolean hugePages = true;
        private String threadFeatures = "";
        private boolean mitigatesSpeculation;

        TaskStatus parse(Cursor cursor) {
            while (!cursor.atEnd()) {
                line(cursor);
                cursor.nextLine();
            }
            return new TaskStatus(umask, threadGroup, tracer, uids, gids, groups, namespacePids, signals[0], signals[1],
                    capabilities[0], capabilities[1], capabilities[2], capabilities[3], capabilities[4], noNewPrivileges,
                    seccomp, hugePages, threadFeatures, mitigatesSpeculation);
        }

        private void line(Cursor cursor) {
            switch (cursor.peek()) {
                case 'U' -> ids(cursor);
                case 'G' -> groups(cursor);
                case 'T' -> task(cursor);
                case 'S' -> signalsAndSeccomp(cursor);
                case 'C' -> capabilities(cursor);
                case 'N' -> namespacesAndPrivileges(cursor);
                case 'x' -> threadFeatures = cursor.take("x86_Thread_features:") ? rest(cursor) : threadFeatures;
                default -> { }
            }
        }

        private void ids(Cursor cursor) {
            if (cursor.take("Uid:")) {
                uids = numbers(cursor);
            } else if (cursor.take("Umask:")) {
                cursor.skipBlanks();
                umask = (int) cursor.octal();
            }
        }

        private void groups(Cursor cursor) {
            if (cursor.take("Gid:")) {
                gids = numbers(cursor);
            } else if (cursor.take("Groups:")) {
                groups = numbers(cursor);
            }
        }

        private void task(Cursor cursor) {
            if (cursor.take("Tgid:")) {
                threadGroup = number(cursor);
            } else if (cursor.take("TracerPid:")) {
                tracer = number(cursor);
            } else if (cursor.take("THP_enabled:")) {
                hugePages = number(cursor) != 0;
            }
        }

        private void signalsAndSeccomp(Cursor cursor) {
            if (cursor.take("SigIgn:")) {
                signals[0] = hex(cursor);
            } else if (cursor.take("SigCgt:")) {
                signals[1] = hex(cursor);
            } else if (cursor.take("Seccomp:")) {
                seccomp = number(cursor);
            } else if (cursor.take("Speculation_Store_Bypass:")) {
                String state = rest(cursor);
                mitigatesSpeculation |= state.equals("thread mitigated") || state.equals("thread force mitigated");
            } else if (cursor.take("SpeculationIndirectBranch:")) {
                String state = rest(cursor);
                mitigatesSpeculation |= state.equals("conditional disabled") || state.equals("conditional force disabled");
            }
        }

        private void capabilities(Cursor cursor) {
            if (cursor.take("CapInh:")) {
                capabilities[0] = hex(cursor);
            } else if (cursor.take("CapPrm:")) {
                capabilities[1] = hex(cursor);
            } else if (cursor.take("CapEff:")) {
                capabilities[2] = hex(cursor);
            } else if (cursor.take("CapBnd:")) {
                capabilities[3] = hex(cursor);
            } else if (cursor.take("CapAmb:")) {
                capabilities[4] = hex(cursor);
            }
        }

        private void namespacesAndPrivileges(Cursor cursor) {
            if (cursor.take("NSpid:")) {
                namespacePids = numbers(cursor);
            } else if (cursor.take("NoNewPrivs:")) {
                noNewPrivileges = number(cursor) != 0;
            }
        }

        private static int number(Cursor cursor) {
            cursor.skipBlanks();
            return (int) cursor.decimal();
        }

        private static long hex(Cursor cursor) {
            cursor.skipBlanks();
            return cursor.hex();
        }

        private static String rest(Cursor cursor) {
            cursor.skipBlanks();
            return new String(cursor.rest(), StandardCharsets.ISO_8859_1).trim();
        }

        private static List<Integer> numbers(Cursor cursor) {
            List<Integer> numbers = new ArrayList<>(4);
            cursor.skipBlanks();
            while (!cursor.atLineEnd()) {
                numbers.add((int) cursor.decimal());
                cursor.skipBlanks();
            }
            return numbers;
        }
    }
}
