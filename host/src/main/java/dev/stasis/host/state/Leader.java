package dev.stasis.host.state;

import dev.stasis.linux.Pid;

/**
 * Whom a process group or a session is named after. One that is the tree's own comes back with its number, also when its leader
 * has died; one that others outside of the tree are in, or that is led from outside of this pid namespace, cannot: a restored
 * task is in that of whoever restores it.
 *
 * @param pid number of the group or session; null for one from outside
 */
public record Leader(Pid pid) {
    /** A group or session that is not the tree's own. */
    public static final Leader OUTSIDE = new Leader(null);

    /** The leader with {@code number}, as the image and the reference tell it: 0 for one from outside. */
    public static Leader of(int number) {
        return number == 0 ? OUTSIDE : new Leader(new Pid(number));
    }

    /** Its number, 0 for one from outside. */
    public int number() {
        return pid == null ? 0 : pid.number();
    }

    /** Whether the group or session is not the tree's own. */
    public boolean isOutside() {
        return pid == null;
    }

    /** Whether {@code task} is the leader. */
    public boolean is(Pid task) {
        return task.equals(pid);
    }

    // By hand, like those of Pid: what the compiler generates for a record starts up method handles.

    @Override
    public boolean equals(Object other) {
        return other instanceof Leader leader && number() == leader.number();
    }

    @Override
    public int hashCode() {
        return number();
    }

    @Override
    public String toString() {
        return pid == null ? "outside" : pid.toString();
    }
}
