package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;

/**
 * A living process outside of a tree that is in a process group or session in which a task of the tree is too.
 *
 * @param pid its number
 * @param name its comm
 * @param group its process group, 0 when that is led from another pid namespace
 * @param session its session, 0 likewise
 */
public record Neighbour(Pid pid, String name, int group, int session) {

    @Override
    public String toString() {
        return "process " + pid + " (" + name + ")";
    }
}
