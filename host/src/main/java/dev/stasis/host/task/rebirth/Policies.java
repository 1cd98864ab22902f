package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.linux.Errno;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Sets from which NUMA nodes threads and mappings take their memory; before they take any. */
final class Policies {
    private static final int MOST_NODES = 1024;

    private Policies() {}

    /** That which {@code seed} has from this process. */
    static MemoryPolicy of(Newborn seed) {
        int mark = seed.arena.mark();
        long answer = seed.arena.put(Arena.structure(Long.BYTES + MOST_NODES / 8));
        long result = seed.leader().tryCall(SyscallNumber.GET_MEMPOLICY, answer, answer + Long.BYTES, MOST_NODES, 0, 0);
        int mode = result < 0 ? 0 : (int) seed.memory.readLong(new dev.stasis.linux.RemoteAddress(answer));
        List<Long> nodes = new ArrayList<>();
        for (int i = MOST_NODES / Long.SIZE; mode != 0 && i > 0; i--) {
            long word = seed.memory.readLong(new dev.stasis.linux.RemoteAddress(answer + (long) i * Long.BYTES));
            if (word != 0 || !nodes.isEmpty()) {
                nodes.add(0, word);
            }
        }
        seed.arena.reset(mark);
        return mode == 0 ? MemoryPolicy.DEFAULT : new MemoryPolicy(mode, nodes);
    }

    /** Gives {@code thread} of {@code task}, which has policy {@code now}, the policy {@code wanted}. */
    static void set(Newborn task, NewbornThread thread, MemoryPolicy now, MemoryPolicy wanted) {
        if (!wanted.equals(now)) {
            int mark = task.arena.mark();
            long result = thread.tryCall(SyscallNumber.SET_MEMPOLICY, wanted.mode(), nodes(task, wanted), most(wanted));
            task.arena.reset(mark);
            require(task, "it", wanted, result);
        }
    }

    /** Gives {@code mapping} its own policy. */
    static void set(Newborn task, Mapping mapping) {
        MemoryPolicy wanted = mapping.policy();
        int mark = task.arena.mark();
        long result = task.leader().tryCall(SyscallNumber.MBIND, mapping.start().value(), mapping.length(), wanted.mode(),
                nodes(task, wanted), most(wanted), 0);
        task.arena.reset(mark);
        require(task, "its mapping at " + mapping.start(), wanted, result);
    }

    private static long nodes(Newborn task, MemoryPolicy policy) {
        if (policy.nodes().isEmpty()) {
            return 0;
        }
        ByteBuffer nodes = Arena.structure(policy.nodes().size() * Long.BYTES);
        for (int i = 0; i < policy.nodes().size(); i++) {
            nodes.putLong(i * Long.BYTES, policy.nodes().get(i));
        }
        return task.arena.put(nodes);
    }

    /** The kernel takes one less than it is told. */
    private static long most(MemoryPolicy policy) {
        return policy.nodes().isEmpty() ? 0 : policy.nodes().size() * (long) Long.SIZE + 1;
    }

    private static void require(Newborn task, String subject, MemoryPolicy policy, long result) {
        if (result < 0) {
            throw new StasisException(new Problem(RebirthError.CALL_REFUSED, RestorePlan.subject(task.state), subject
                    + " took its memory from certain NUMA nodes (policy " + (policy.mode() & 0xff) + ", nodes " + policy.nodes()
                    + " as bits), which this machine or the cpuset does not grant (" + new Errno((int) -result) + ")",
                    "restore where those nodes are"));
        }
    }
}
