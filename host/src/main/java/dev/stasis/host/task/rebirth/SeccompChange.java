package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Seccomp;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.SeccompFilter;
import dev.stasis.linux.seed.Seed;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Confines the threads of one process by seccomp(2) as they were. They are told not to be judged for as long as we hold them, so
 * that this can be done while they still have the privilege that it takes, and what follows need not be allowed to them.
 *
 * <p>Filters that all threads begin with are set for all at once (SECCOMP_FILTER_FLAG_TSYNC): they are the same objects
 * then, without which a thread could not have the others follow it later.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
 */
final class SeccompChange {
    private static final int SET_MODE_STRICT = 0;
    private static final int SET_MODE_FILTER = 1;
    private static final int FLAG_TSYNC = 1;

    private final Newborn task;
    private final List<Seccomp> wanted = new ArrayList<>();

    SeccompChange(Newborn task) {
        this.task = task;
        for (int i = 0; i < task.threads.size(); i++) {
            wanted.add(task.state.threads().get(i).seccomp());
        }
    }

    /** Confines those that were. */
    void make() {
        if (!isNeeded()) {
            return;
        }
        for (NewbornThread thread : task.threads) {
            thread.task().options(Seed.OPTIONS | RunningTask.OPTION_SUSPEND_SECCOMP);
        }
        int common = common();
        for (int i = 0; i < common; i++) {
            add(task.leader(), wanted.get(0).filters().get(i), task.threads.size() == 1 ? 0 : FLAG_TSYNC);
        }
        for (int i = 0; i < task.threads.size(); i++) {
            confine(task.threads.get(i), wanted.get(i), common);
        }
    }

    private boolean isNeeded() {
        for (Seccomp one : wanted) {
            if (one.mode() != Seccomp.NONE) {
                return true;
            }
        }
        return false;
    }

    /** How many filters, from the oldest on, all threads have. */
    private int common() {
        int common = wanted.get(0).filters().size();
        for (Seccomp one : wanted) {
            int same = 0;
            while (same < Math.min(common, one.filters().size())
                    && one.filters().get(same).equals(wanted.get(0).filters().get(same))) {
                same++;
            }
            common = same;
        }
        return common;
    }

    private void confine(NewbornThread thread, Seccomp seccomp, int done) {
        for (int i = done; i < seccomp.filters().size(); i++) {
            add(thread, seccomp.filters().get(i), 0);
        }
        if (seccomp.mode() == Seccomp.STRICT) {
            thread.call("seccomp SECCOMP_SET_MODE_STRICT", SyscallNumber.SECCOMP, SET_MODE_STRICT, 0, 0);
        }
    }

    private void add(NewbornThread thread, SeccompFilter filter, int flags) {
        int mark = task.arena.mark();
        RemoteAddress program = task.arena.put(filter.program());
        ByteBuffer head = Arena.structure(16).putShort(0, (short) filter.instructions()).putLong(8, program.value());
        long result = thread.call("seccomp SECCOMP_SET_MODE_FILTER", SyscallNumber.SECCOMP, SET_MODE_FILTER,
                filter.flags() | flags, task.arena.put(head));
        task.arena.reset(mark);
        if (result != 0) {
            throw new StasisException(new Problem(RebirthError.CALL_REFUSED, RestorePlan.subject(task.state),
                    "thread " + result + " does not take over a seccomp filter", ""));
        }
    }
}
