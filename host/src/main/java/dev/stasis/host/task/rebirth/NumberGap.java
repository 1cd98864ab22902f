package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run of task numbers that a tree does not want, for the threads of the program that restores it.
 *
 * @param last the number before the first of the gap
 */
public record NumberGap(int last) {
    /** As many as a program of this size can need, those that come and go among them. */
    static final int SIZE = 128;
    /** What the kernel keeps for its own when numbers begin anew. */
    private static final int RESERVED = 300;
    private static final UnixPath LIMIT = UnixPath.of("/proc/sys/kernel/pid_max");
    private static final UnixPath LAST = UnixPath.of("/proc/sys/kernel/ns_last_pid");

    /** The first gap among {@code wanted} below {@code limit}, exclusive: after all of them if there is room. */
    public static NumberGap among(Collection<Pid> wanted, int limit) {
        Set<Pid> numbers = new TreeSet<>(wanted);
        int highest = RESERVED;
        for (Pid number : numbers) {
            highest = Math.max(highest, number.number());
        }
        return highest + SIZE < limit ? new NumberGap(highest) : new NumberGap(lowest(numbers));
    }

    private static int lowest(Set<Pid> numbers) {
        int last = RESERVED;
        for (Pid number : numbers) {
            if (number.number() > last + SIZE) {
                break;
            }
            last = Math.max(last, number.number());
        }
        return last;
    }

    /** The gap among {@code wanted} on this machine. @see proc_sys_kernel(5) */
    static NumberGap among(Collection<Pid> wanted) {
        try (Fd limit = FileCalls.open(LIMIT, OpenFlags.RDONLY, 0)) {
            return among(wanted, Integer.parseInt(new String(ProcFile.readAll(limit), StandardCharsets.US_ASCII).trim()));
        }
    }

    /**
     * Has the kernel take the numbers of this pid namespace's next tasks from the gap. Needs CAP_CHECKPOINT_RESTORE.
     *
     * @see pid_namespaces(7) ns_last_pid
     */
    void enter() {
        try (Fd file = FileCalls.open(LAST, OpenFlags.WRONLY, 0)) {
            FileCalls.write(file, Integer.toString(last).getBytes(StandardCharsets.US_ASCII));
        }
    }
}
