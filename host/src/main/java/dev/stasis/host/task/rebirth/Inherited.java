package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Credentials;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.SchedulingCalls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * What every task has from the seed, and the seed from this process, before it is given its own: what is the same already
 * need not be set.
 */
record Inherited(
        Credentials credentials,
        long timerSlack,
        byte[] scheduling,
        int ioPriority,
        int personality,
        boolean transparentHugePagesDisabled,
        int coredumpFilter,
        int oomScoreAdjustment) {
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_GET_THP_DISABLE = 42;
    private static final int PERSONALITY_QUERY = 0xffffffff;

    static Inherited of(Newborn seed) {
        Pid pid = seed.pid();
        return new Inherited(
                credentials(pid, (int) seed.call("prctl PR_GET_SECUREBITS", SyscallNumber.PRCTL, PR_GET_SECUREBITS)),
                seed.call("prctl PR_GET_TIMERSLACK", SyscallNumber.PRCTL, PR_GET_TIMERSLACK),
                SchedulingCalls.attributes(pid),
                SchedulingCalls.ioPriority(pid),
                (int) seed.call("personality", SyscallNumber.PERSONALITY, PERSONALITY_QUERY & 0xffffffffL),
                seed.call("prctl PR_GET_THP_DISABLE", SyscallNumber.PRCTL, PR_GET_THP_DISABLE, 0, 0, 0, 0) != 0,
                (int) Long.parseLong(text(pid, "coredump_filter"), 16),
                Integer.parseInt(text(pid, "oom_score_adj")));
    }

    static Credentials credentials(Pid pid, int secureBits) {
        String status = new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1);
        long[] uids = numbers(line(status, "Uid:"), 10);
        long[] gids = numbers(line(status, "Gid:"), 10);
        List<Integer> groups = new ArrayList<>();
        for (long group : numbers(line(status, "Groups:"), 10)) {
            groups.add((int) group);
        }
        return new Credentials((int) uids[0], (int) gids[0], (int) uids[1], (int) gids[1], (int) uids[2], (int) gids[2],
                (int) uids[3], (int) gids[3], groups, capabilities(status, "CapInh:"), capabilities(status, "CapPrm:"),
                capabilities(status, "CapEff:"), capabilities(status, "CapBnd:"), capabilities(status, "CapAmb:"), secureBits);
    }

    private static long capabilities(String status, String name) {
        return Long.parseUnsignedLong(line(status, name), 16);
    }

    private static String line(String status, String name) {
        int at = status.indexOf("\n" + name) + 1 + name.length();
        return status.substring(at, status.indexOf('\n', at)).trim();
    }

    private static long[] numbers(String line, int radix) {
        StringTokenizer words = new StringTokenizer(line);
        long[] numbers = new long[words.countTokens()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.parseLong(words.nextToken(), radix);
        }
        return numbers;
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
