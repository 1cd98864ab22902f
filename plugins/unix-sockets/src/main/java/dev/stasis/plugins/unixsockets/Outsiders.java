package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who outside a tree holds its sockets, or those at the other ends. One look through /proc for all of them. */
final class Outsiders {
    private final Map<UnixPath, List<Found>> bySocket = new HashMap<>();

    /** Looks for the sockets that /proc shows as {@code links}, in all processes but {@code tree}. */
    Outsiders(Set<UnixPath> links, Set<Pid> tree) {
        for (Found found : DescriptorSearch.find(links, tree)) {
            List<Found> known = bySocket.get(found.link());
            if (known == null) {
                known = new ArrayList<>(1);
                bySocket.put(found.link(), known);
            }
            known.add(found);
        }
    }

    static UnixPath link(int inode) {
        return UnixPath.of("socket:[" + Integer.toUnsignedString(inode) + "]");
    }

    boolean have(int inode) {
        return bySocket.containsKey(link(inode));
    }

    /** Such as {@code fd 3 of process 17 (cron)}. */
    String holder(int inode) {
        List<Found> found = bySocket.get(link(inode));
        if (found == null) {
            return "nobody that can be seen";
        }
        Found one = found.get(0);
        return "fd " + one.number() + " of process " + one.task() + " (" + Names.command(one.task()) + ")";
    }
}
