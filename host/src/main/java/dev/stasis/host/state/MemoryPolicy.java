package dev.stasis.host.state;

import java.util.List;

/**
 * From which NUMA nodes memory is taken.
 *
 * @param mode MPOL_PREFERRED (1), MPOL_BIND (2), ... with the flags of the mode, as get_mempolicy(2) gives it
 * @param nodes the nodes, one bit each, lowest first, in words of 64; none at the end that is zero
 * @see <a href="https://man7.org/linux/man-pages/man2/set_mempolicy.2.html">set_mempolicy(2)</a>
 */
public record MemoryPolicy(int mode, List<Long> nodes) {
    /** Where nothing was asked for. */
    public static final MemoryPolicy DEFAULT = new MemoryPolicy(0, List.of());

    public MemoryPolicy {
        nodes = List.copyOf(nodes);
    }

    // By hand: what the compiler generates for a record starts up method handles, 15 ms of a cold restore.

    @Override
    public boolean equals(Object other) {
        return other instanceof MemoryPolicy policy && mode == policy.mode && nodes.equals(policy.nodes);
    }

    @Override
    public int hashCode() {
        return 31 * mode + nodes.hashCode();
    }

    /** Whether nothing was asked for. */
    public boolean isDefault() {
        return mode == 0;
    }
}
