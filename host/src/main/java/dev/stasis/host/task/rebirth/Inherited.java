package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.SchedulingAttributes;
import dev.stasis.linux.process.ThreadCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What every task has from the seed, and the seed from this process, before it is given its own: what is the same already
 * need not be set.
 */
record Inherited(
        Credentials credentials,
        long timerSlack,
        SchedulingAttributes scheduling,
        int ioPriority,
        int personality,
        int transparentHugePagesDisabled,
        int coredumpFilter,
        int oomScoreAdjustment,
        ThreadSettings ofThread,
        long[][] limits) {
    /** How many resources a limit can be for: RLIMIT_RTTIME is the last. */
    private static final int RESOURCES = 16;
    private static final int PR_GET_TSC = 25;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_GET_THP_DISABLE = 42;
    private static final int PERSONALITY_QUERY = 0xffffffff;

    static Inherited of(Newborn seed) {
        Pid pid = seed.pid();
        return new Inherited(
                credentials(pid, (int) seed.call("prctl PR_GET_SECUREBITS", SyscallNumber.PRCTL, PR_GET_SECUREBITS)),
                seed.call("prctl PR_GET_TIMERSLACK", SyscallNumber.PRCTL, PR_GET_TIMERSLACK),
                ThreadCalls.scheduling(pid),
                ThreadCalls.ioPriority(pid),
                (int) seed.call("personality", SyscallNumber.PERSONALITY, PERSONALITY_QUERY & 0xffffffffL),
                (int) seed.call("prctl PR_GET_THP_DISABLE", SyscallNumber.PRCTL, PR_GET_THP_DISABLE, 0, 0, 0, 0),
                (int) Long.parseLong(text(pid, "coredump_filter"), 16),
                Integer.parseInt(text(pid, "oom_score_adj")),
                ThreadSettings.of(TaskStat.parse(ProcFile.read(pid, "stat")).flags(), timeStampCounter(seed), seed.policy),
                limits(pid));
    }

    /** Soft and hard one of each resource. */
    private static long[][] limits(Pid pid) {
        long[][] limits = new long[RESOURCES][];
        for (int resource = 0; resource < RESOURCES; resource++) {
            limits[resource] = LimitCalls.limit(pid, resource);
        }
        return limits;
    }

    /** Whether {@code limit} is the one that every task has already. */
    boolean has(ResourceLimit limit) {
        long[] inherited = limits[limit.resource()];
        return inherited[0] == limit.soft() && inherited[1] == limit.hard();
    }

    private static int timeStampCounter(Newborn seed) {
        int mark = seed.arena.mark();
        long answer = seed.arena.put(Arena.structure(Long.BYTES));
        seed.call("prctl PR_GET_TSC", SyscallNumber.PRCTL, PR_GET_TSC, answer);
        int value = (int) seed.memory.readLong(new RemoteAddress(answer));
        seed.arena.reset(mark);
        return value;
    }

    static Credentials credentials(Pid pid, int secureBits) {
        TaskStatus status = TaskStatus.parse(ProcFile.read(pid, "status"));
        List<Integer> uids = status.uids();
        List<Integer> gids = status.gids();
        return new Credentials(uids.get(0), gids.get(0), uids.get(1), gids.get(1), uids.get(2), gids.get(2), uids.get(3),
                gids.get(3), status.groups(), status.inheritable(), status.permitted(), status.effective(), status.bounding(),
                status.ambient(), secureBits);
    }

    private static String text(Pid pid, String name) {
        return new String(ProcFile.read(pid, name), StandardCharsets.ISO_8859_1).trim();
    }

    /** Writes {@code value} to /proc/{@code pid}/{@code name}. */
    static void write(Pid pid, String name, String value) {
        try (Fd file = FileCalls.open(UnixPath.of("/proc/" + pid + "/" + name), OpenFlags.WRONLY, 0)) {
            FileCalls.write(file, value.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
