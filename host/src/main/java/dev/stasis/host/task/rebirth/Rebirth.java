package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.CpuPin;
import dev.stasis.host.task.freeze.Watchdog;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.linux.ptrace.WaitStatus;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a tree of tasks back: {@link #begin}, {@link #bear}, {@link #furnish}, {@link #resume}, in this order and from one
 * OS thread, which must live until the end. {@link #close()} before the tree was resumed kills all that was made and leaves
 * nothing; and so does the death of this process at any moment.
 */
public final class Rebirth implements AutoCloseable {
    private static final int SIGKILL = 9;

    private final RestorePlan plan;
    private final Log log;
    private final CpuPin pinned;
    private final Place place;
    private final Births births;
    private final BornTree born;
    private Ground ground;
    private Inherited inherited;
    private List<Ground.KernelArea> parked;
    private boolean resumed;
    private Memories memories;

    /** Where the root comes back. */
    public enum Place {
        /** As a child of this process. */
        CHILD,
        /** As a child of this process's parent. */
        SIBLING,
        /** Below the first process of a new pid namespace, which is a child of this process. */
        NEW_PID_NAMESPACE
    }

    private Rebirth(RestorePlan plan, Place place, Log log) {
        this.place = place;
        this.plan = plan;
        this.log = log;
        this.pinned = CpuPin.to(ThreadCalls.currentCpu());
        this.births = new Births(plan, place);
        this.born = new BornTree(plan, births);
    }

    /** Begins with {@code tasks}, whose root is to be a child of this process: see the other. */
    public static Rebirth begin(List<TaskState> tasks, Log log) {
        return begin(tasks, Place.CHILD, log);
    }

    /**
     * Begins with {@code tasks}, parents first: makes the seed ready. The root is to come back at {@code place}. Throws {@link StasisException} when it cannot.
     */
    public static Rebirth begin(List<TaskState> tasks, Place place, Log log) {
        Rebirth rebirth = new Rebirth(RestorePlan.of(tasks), place, log);
        try {
            rebirth.prepare();
            return rebirth;
        } catch (RuntimeException | Error e) {
            rebirth.close();
            throw RebirthFailure.of(e);
        }
    }

    private void prepare() {
        ground = Ground.prepare(plan, place);
        inherited = Inherited.of(ground.newborn());
        parked = ground.parked();
    }

    /**
     * Bears all processes, in their sessions and groups; those that had ended end again. One whose children still share pages
     * with it gets its memory before they are born, and so they share them again.
     *
     * @param terminals controlling terminals of sessions, by their leaders; borrowed
     * @param files each open file that a task refers to, open in this process; borrowed until the end
     * @param pages contents of memory; borrowed until the end
     */
    public void bear(Map<Pid, Fd> terminals, Map<OpenFileId, Fd> files, PagesSource pages) {
        memories = new Memories(plan, new OpenFiles(files), pages, parked);
        try {
            births.bearAll(ground.newborn(), terminals, memories);
            if (place == Place.SIBLING) {
                ground.giveAway();
            }
            new Groups(plan, births.born()).form();
            for (Newborn newborn : births.born()) {
                if (newborn.state.life() == TaskState.Life.ENDED) {
                    end(newborn);
                } else {
                    born.add(newborn);
                }
            }
        } catch (RuntimeException e) {
            throw RebirthFailure.of(e);
        }
    }

    private void end(Newborn newborn) {
        Remains remains = new Remains(newborn, inherited);
        remains.prepare();
        WaitStatus status = new WaitStatus(newborn.state.exitStatus());
        if (status.isKill() && (status.raw() & 0x80) != 0) {
            log.warn(RestorePlan.subject(newborn.state) + ": that it had left a core dump cannot be kept");
        }
        Funeral.end(newborn, status);
        remains.complete();
        Newborn parent = births.find(newborn.state.parent());
        if (parent != null) {
            Funeral.forgetChildSignals(parent);
            Funeral.forget(parent, newborn.state.exitSignal());
        }
    }

    private void closeGround() {
        if (ground != null) {
            Ground closing = ground;
            ground = null;
            closing.close();
        }
    }

    /** Gives the tasks all they had: memory, threads, descriptors, signals, timers. After {@link #bear}. */
    public void furnish() {
        try {
            OpenFiles open = memories.files();
            for (Newborn task : born.living()) {
                memories.build(task);
                if (task.state.sharing().fileSystem().equals(task.number())) {
                    new Descriptors(task, open).enterFileSystem();
                }
            }
            memories.finish();
            // Only now: descriptors that others need for a moment would lie between those of a table that they share.
            for (Newborn task : born.living()) {
                furnish(task, open);
                task.settle(); // plugins look at it next
            }
        } catch (RuntimeException e) {
            throw RebirthFailure.of(e);
        }
    }

    private void furnish(Newborn task, OpenFiles files) {
        if (task.state.sharing().descriptors().equals(task.number())) {
            new Descriptors(task, files).place();
        }
        new Signals(task).act();
        new Settings(task, inherited).apply();
        new Threads(task, inherited).bear();
        new Timers(task).create();
    }

    /** A scope for calls that {@code task}, which must be of the tree, makes for us; after {@link #furnish}. */
    public RemoteCalls remoteCalls(Pid task) {
        Newborn newborn = born.find(task);
        if (newborn != null) {
            return new NewbornCalls(newborn);
        }
        throw new IllegalArgumentException("no living task " + task + " in the tree");
    }

    /** Lets the tree go; with {@code stayStopped} all of it is stopped as by SIGSTOP, otherwise only what was stopped before. */
    public void resume(boolean stayStopped) {
        try {
            Resumption resumption = new Resumption(born.living(), inherited, log);
            resumption.prepare(stayStopped);
            if (births.init() != null) {
                resumption.prepareInit(births.init(), plan.root().pid());
            }
            letGo(resumption);
            memories.keep();
        } catch (RuntimeException e) {
            throw RebirthFailure.of(e);
        }
    }

    private void letGo(Resumption resumption) {
        if (born.living().size() == 1 && births.init() == null) {
            resumption.go(Optional.empty());
            resumed = true;
            return;
        }
        try (Watchdog watchdog = place == Place.SIBLING ? Watchdog.spawn(Watchdog.Order.UNLESS_TOLD, SIGKILL, born.made())
                : ground.watch(born.made())) {
            resumption.go(Optional.of(watchdog));
            resumed = true;
        }
    }

    /** The number that {@code task} of the tree has in the pid namespace of this process; empty for what has none. */
    public Optional<Pid> numberHere(Pid task) {
        return born.numberHere(task);
    }

    /** The root of the tree, by its number in the pid namespace of this process. */
    public Pid root() {
        return born.root();
    }

    /** The child that this process has to wait for: the root, or the first process of the tree's own pid namespace. */
    public Pid child() {
        return born.child();
    }

    /** Kills all that was made, unless the tree was resumed. */
    @Override
    public void close() {
        try {
            closeGround();
            if (!resumed) {
                born.bury();
            }
        } finally {
            if (memories != null) {
                memories.close();
            }
            born.close();
            pinned.close();
        }
    }
}
