package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.TaskState;
import dev.stasis.spi.OpenFileId;
import java.util.List;

/**
 * The address spaces of all tasks. Most are built when all tasks are there; that of a task whose children still share pages with
 * it is built before it bears them: a child of fork(2) shares all pages until one of the two writes.
 */
final class Memories implements Births.Nursery, AutoCloseable {
    private final RestorePlan plan;
    private final OpenFiles files;
    private final PagesSource source;
    private final List<Ground.KernelArea> parked;
    private final SharedObjects shared;
    private final Segments segments;
    private final Ancestors ancestors;

    Memories(RestorePlan plan, OpenFiles files, PagesSource source, List<Ground.KernelArea> parked) {
        this.plan = plan;
        this.files = files;
        this.source = source;
        this.parked = parked;
        this.shared = new SharedObjects(source);
        this.segments = new Segments(source.segments());
        this.ancestors = new Ancestors(plan, source);
    }

    OpenFiles files() {
        return files;
    }

    @Override
    public void beforeChildren(Newborn parent) {
        if (hasHeir(parent) && mayGiveOn(parent) && !isItsProgramInTheWay(parent)) {
            build(parent);
        }
    }

    /** Sealed memory could not be removed from children that do not have it; the kernel's pages must be able to move. */
    private boolean mayGiveOn(Newborn parent) {
        List<Mapping> mappings = parent.state.memory().mappings();
        for (Mapping mapping : mappings) {
            if (mapping.has("sl")) {
                return false;
            }
        }
        return new KernelPages(parent, parked).areAllIn(mappings);
    }

    /** A task that is born with its memory but runs another program, and maps that of the parent: it could not be given its own. */
    private boolean isItsProgramInTheWay(Newborn parent) {
        OpenFileId program = parent.state.memory().executable();
        for (TaskState task : plan.tasks()) {
            if (task.memory() != null && !files.isSameFile(task.memory().executable(), program) && maps(task, program)) {
                return true;
            }
        }
        return false;
    }

    private boolean maps(TaskState task, OpenFileId program) {
        for (Mapping mapping : task.memory().mappings()) {
            if (mapping.file() != null && files.isSameFile(mapping.file(), program)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasHeir(Newborn parent) {
        if (parent.state.life() == TaskState.Life.ENDED) {
            return false;
        }
        for (TaskState task : plan.tasks()) {
            if (parent.number().equals(task.parent()) && !source.of(task.pid()).inherited().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The kernel's pages go back to where they are parked, as if the child had been born with nothing else. */
    @Override
    public void born(Newborn child) {
        if (!child.isParked && child.state.life() != TaskState.Life.ENDED) {
            new KernelPages(child, parked).park(child.memoryOf.state.memory().mappings());
            child.isParked = true;
        }
    }

    /** Builds that of {@code task}, unless it stands already. */
    void build(Newborn task) {
        if (!task.hasMemory) {
            new AddressSpace(task, files, shared, segments, ancestors).build(source.of(task.number()),
                    task.state.parent() == null ? null : source.of(task.state.parent()), parked);
        }
    }

    /** All are built. */
    void finish() {
        segments.finish();
    }

    /** The tree runs: what is not only its own stays. */
    void keep() {
        segments.keep();
    }

    /** Removes what is not only the tree's, unless that runs. */
    @Override
    public void close() {
        shared.close();
        segments.close();
    }
}
