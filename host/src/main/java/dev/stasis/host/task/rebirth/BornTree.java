package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Pid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of a tree that were born: those of them that are to live, and the numbers that they have here. */
final class BornTree implements AutoCloseable {
    private final RestorePlan plan;
    private final Births births;
    private final List<Newborn> living = new ArrayList<>();

    BornTree(RestorePlan plan, Births births) {
        this.plan = plan;
        this.births = births;
    }

    /** One of those born is to live. */
    void add(Newborn newborn) {
        living.add(newborn);
    }

    /** Those that are to live, parents first. */
    List<Newborn> living() {
        return living;
    }

    /** The one of them with number {@code number} in the tree's own numbering; null when there is none. */
    Newborn find(Pid number) {
        for (Newborn newborn : living) {
            if (newborn.number().equals(number)) {
                return newborn;
            }
        }
        return null;
    }

    /** All living processes that were made, by their numbers here. */
    List<Pid> made() {
        List<Pid> made = new ArrayList<>(living.size() + 1);
        for (Newborn newborn : living) {
            made.add(newborn.pid());
        }
        if (births.init() != null) {
            made.add(births.init().pid());
        }
        return made;
    }

    /** The number that {@code task} of the tree has in the pid namespace of this process; empty for what has none. */
    Optional<Pid> numberHere(Pid task) {
        if (births.init() == null) {
            return Optional.of(task);
        }
        Newborn newborn = find(task);
        return newborn == null ? Optional.empty() : Optional.of(newborn.pid());
    }

    /** The root, by its number here. */
    Pid root() {
        return numberHere(plan.root().pid()).orElseThrow();
    }

    /** The child of this process among them: the root, or the first process of the tree's own pid namespace. */
    Pid child() {
        return births.init() == null ? root() : births.init().pid();
    }

    /** Kills all of them and waits until nothing is left. */
    void bury() {
        Funeral.buryAll(births.born());
        if (births.init() != null) {
            Funeral.buryInit(births.init());
        }
    }

    /** Closes our access to them; they are not touched. */
    @Override
    public void close() {
        for (Newborn newborn : births.born()) {
            newborn.close();
        }
        if (births.init() != null) {
            births.init().close();
        }
    }
}
