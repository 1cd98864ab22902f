package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Pid;
import dev.stasis.linux.seed.Seed;
import java.util.ArrayList;
import java.util.List;

/** Numbers that were just in use and are free again, so that the kernel will not give them out soon. */
final class FreePids {
    private FreePids() {}

    static List<Pid> take(int count) {
        List<Pid> pids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (Seed seed = Seed.spawn()) {
                pids.add(seed.pid());
            }
        }
        return pids;
    }
}
