package dev.stasis.host.task.read;

import dev.stasis.host.state.ResourceLimit;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.LimitCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the resource limits of a process: from outside where that is allowed, else by calls of its own. The limits of another
 * user's process are only for a holder of CAP_SYS_RESOURCE, but every process may ask for its own.
 */
final class LimitReader {
    private static final int SIZE = 16;

    private LimitReader() {}

    static List<ResourceLimit> read(RemoteCalls calls, Pid pid) {
        List<ResourceLimit> limits = new ArrayList<>(LimitCalls.RESOURCES);
        boolean allowed = true;
        for (int resource = 0; resource < LimitCalls.RESOURCES; resource++) {
            Optional<long[]> limit = allowed ? LimitCalls.tryLimit(pid, resource) : Optional.empty();
            allowed = limit.isPresent();
            limits.add(allowed ? new ResourceLimit(resource, limit.get()[0], limit.get()[1]) : ask(calls, resource));
        }
        return limits;
    }

    private static ResourceLimit ask(RemoteCalls calls, int resource) {
        RemoteAddress place = calls.lend(SIZE);
        calls.call(SyscallNumber.PRLIMIT64, 0, resource, 0, place.value());
        ByteBuffer limit = ByteBuffer.wrap(calls.read(place, SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        return new ResourceLimit(resource, limit.getLong(0), limit.getLong(8));
    }
}
