package dev.stasis.host.task.read;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ProcessCalls.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** One process for each kernel object of one sort, in the order that the kernel gives them: found by few comparisons. */
final class Sharers {
    private final Shared what;
    private final List<Pid> ordered = new ArrayList<>();
    private int place;

    Sharers(Shared what) {
        this.what = what;
    }

    /** The first process that was offered with the same object as {@code pid}: {@code pid} itself when none was. */
    Pid firstWithThatOf(Pid pid) {
        Pid found = find(pid);
        if (found != null) {
            return found;
        }
        ordered.add(place, pid);
        return pid;
    }

    /** The process that was offered with the same object as {@code pid}; null when there is none, or {@code pid} is gone. */
    Pid find(Pid pid) {
        int low = 0;
        int high = ordered.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            OptionalInt order = ProcessCalls.compare(pid, ordered.get(middle), what);
            if (order.isEmpty()) {
                return null;
            }
            if (order.getAsInt() == 0) {
                return ordered.get(middle);
            }
            if (order.getAsInt() < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        place = low;
        return null;
    }
}
