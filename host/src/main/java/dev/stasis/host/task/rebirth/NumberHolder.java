package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who holds a task number: it is taken while any task uses it as its pid, tid, process group or session, a dead one not yet
 * buried by its parent among them.
 *
 * @param number the number
 * @param holder the process that holds it; null when none was found
 * @param name the holder's comm
 * @param as in which way
 */
record NumberHolder(Pid number, Pid holder, String name, String as) {
    private static final int STAT_GROUP = 5;
    private static final int STAT_SESSION = 6;

    /** A problem for each of {@code numbers} that a living task has after two seconds at the latest. */
    static List<Problem> taken(Collection<Pid> numbers) {
        List<Problem> problems = new ArrayList<>();
        long deadline = System.nanoTime() + Cloning.PATIENCE_NANOS;
        for (Pid number : numbers) {
            while (isAlive(number) && !isOurs(number) && System.nanoTime() - deadline < 0) {
                Cloning.pause();
            }
            if (isAlive(number)) {
                problems.add(find(number).problem());
            }
        }
        return problems;
    }

    /** The dead that nobody has buried yet do not count: their parents may do so in time. */
    private static boolean isAlive(Pid number) {
        if (!ProcessCalls.kill(number, 0)) {
            return false;
        }
        Optional<byte[]> status = ProcFile.tryRead(number, "status");
        return status.isPresent() && !text(status.get(), "State:").startsWith("Z");
    }

    /** Our own threads stay. */
    private static boolean isOurs(Pid number) {
        return ProcessCalls.killThread(ProcessCalls.self(), number, 0);
    }

    /** Looks for whoever holds {@code number} right now. */
    static NumberHolder find(Pid number) {
        Optional<byte[]> status = ProcFile.tryRead(number, "status");
        if (status.isPresent()) {
            int process = (int) field(status.get(), "Tgid:");
            String state = text(status.get(), "State:");
            return of(number, new Pid(process), process != number.number() ? "tid" : state.startsWith("Z")
                    ? "pid of a dead process that its parent has not buried" : "pid");
        }
        String[] names = new File("/proc").list();
        for (String name : names == null ? new String[0] : names) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                NumberHolder found = inGroupOrSession(number, new Pid(Integer.parseInt(name)));
                if (found != null) {
                    return found;
                }
            }
        }
        return new NumberHolder(number, null, "", "");
    }

    private static NumberHolder inGroupOrSession(Pid number, Pid candidate) {
        Optional<byte[]> bytes = ProcFile.tryRead(candidate, "stat");
        if (bytes.isEmpty()) {
            return null;
        }
        String stat = new String(bytes.get(), StandardCharsets.ISO_8859_1);
        if (statField(stat, STAT_SESSION) == number.number()) {
            return of(number, candidate, "session (sid)");
        }
        return statField(stat, STAT_GROUP) == number.number() ? of(number, candidate, "process group (pgid)") : null;
    }

    private static NumberHolder of(Pid number, Pid holder, String as) {
        String name = ProcFile.tryRead(holder, "comm").map(NumberHolder::trimmed).orElse("gone");
        return new NumberHolder(number, holder, name, as);
    }

    private static String trimmed(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).trim();
    }

    /** Field {@code index} of /proc/PID/stat, counted from 1; those behind the name, which may hold anything. */
    private static int statField(String stat, int index) {
        int at = stat.lastIndexOf(')') + 2;
        for (int field = 3; field < index; field++) {
            at = stat.indexOf(' ', at) + 1;
        }
        return Integer.parseInt(stat.substring(at, stat.indexOf(' ', at)));
    }

    private static long field(byte[] status, String name) {
        return Long.parseLong(text(status, name));
    }

    private static String text(byte[] status, String name) {
        String all = new String(status, StandardCharsets.ISO_8859_1);
        int at = all.indexOf("\n" + name) + 1 + name.length();
        return all.substring(at, all.indexOf('\n', at)).trim();
    }

    /** What to say when the number is needed. */
    Problem problem() {
        if (holder == null) {
            return new Problem(RebirthError.PID_TAKEN, "pid " + number, "it is in use, but whoever held it is gone now",
                    "try again");
        }
        if (holder.equals(ProcessCalls.self())) {
            boolean main = ProcessCalls.self().equals(number);
            return new Problem(main ? RebirthError.PID_IS_OUR_PROCESS : RebirthError.PID_IS_OURS, "pid " + number, "it is the number of this program or of a thread of it",
                    "try again: another start gets other numbers");
        }
        return new Problem(RebirthError.PID_TAKEN, "pid " + number,
                "process " + holder + " (" + name + ") holds it as its " + as, "end that process first");
    }
}
