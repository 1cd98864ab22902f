package dev.stasis.endtoend;

import dev.stasis.testkit.ProcessSnapshot.Tolerance;
import java.util.List;

/** What /proc may tell otherwise of a process that was killed and brought back, and why that is right. */
final class Tolerances {
    private static final String ACCOUNTING = "how much it ran, and where, is not its state";
    private static final String PARENT = "it is a child of the process that restored it now";
    private static final String RESIDENT = "which pages are resident is the kernel's affair";

    private static final Tolerance QUEUED = new Tolerance("status/SigQ", "it counts the signals of all processes of the user");

    static final List<Tolerance> OF_A_RESTORE = List.of(
            QUEUED,
            new Tolerance("status/FDSize", "room for descriptors that were open once is not kept"),
            new Tolerance("status/PPid", PARENT),
            new Tolerance("stat/ppid", PARENT),
            new Tolerance("stat/starttime", "it started when it was restored"),
            new Tolerance("stat/flags", "PF_FORKNOEXEC and PF_SUPERPRIV tell how it was made"),
            new Tolerance("stat/minflt", ACCOUNTING),
            new Tolerance("stat/majflt", ACCOUNTING),
            new Tolerance("stat/cminflt", ACCOUNTING),
            new Tolerance("stat/cmajflt", ACCOUNTING),
            new Tolerance("stat/utime", ACCOUNTING),
            new Tolerance("stat/stime", ACCOUNTING),
            new Tolerance("stat/cutime", ACCOUNTING),
            new Tolerance("stat/cstime", ACCOUNTING),
            new Tolerance("stat/processor", ACCOUNTING),
            new Tolerance("stat/delayacct_blkio_ticks", ACCOUNTING),
            new Tolerance("stat/rss", RESIDENT),
            new Tolerance("status/VmHWM", RESIDENT),
            new Tolerance("status/VmPeak", "the seed it grew from was smaller or larger for a moment"),
            new Tolerance("status/VmRSS", RESIDENT),
            new Tolerance("status/RssAnon", RESIDENT),
            new Tolerance("status/RssFile", RESIDENT),
            new Tolerance("status/RssShmem", RESIDENT),
            new Tolerance("status/VmPTE", "page tables are made when they are needed"),
            new Tolerance("status/voluntary_ctxt_switches", ACCOUNTING),
            new Tolerance("status/nonvoluntary_ctxt_switches", ACCOUNTING));

    /** Of a process below the root, which has the parent that it had. */
    static final List<Tolerance> OF_A_DESCENDANT =
            OF_A_RESTORE.stream().filter(tolerance -> !tolerance.reason().equals(PARENT)).toList();

    static final List<Tolerance> OF_A_REFUSAL = List.of(
            QUEUED,
            new Tolerance("stat/utime", ACCOUNTING),
            new Tolerance("stat/stime", ACCOUNTING),
            new Tolerance("stat/processor", ACCOUNTING),
            new Tolerance("status/voluntary_ctxt_switches", ACCOUNTING),
            new Tolerance("status/nonvoluntary_ctxt_switches", ACCOUNTING));

    private Tolerances() {}
}
