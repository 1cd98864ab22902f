package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** An instance on its way back. What it watches is found before any process exists, and held until the watches are added. */
final class RestoredInstance {
    private final FileRecord record;
    private final InstanceEntry entry;
    private final RestoreContext context;
    private final OpenTargets targets;
    private final OpenFiles files;
    private final RestoredQueue queue;
    private final Fd instance;
    private final boolean early;
    private final Problem tooMuch;
    private boolean added;
    private final long finding;

    private RestoredInstance(FileRecord record, RestoreContext context, HeldTargets held, Companion companion, QueueSight sight, boolean mayBeEarly) {
        long begin = System.nanoTime();
        this.record = record;
        this.context = context;
        this.entry = InstanceEntry.of(record);
        this.files = new OpenFiles() {
            @Override
            public Fd descriptor(OpenFileId id) {
                return context.restored(id).orElse(null);
            }
        };
        this.instance = context.own(create(record));
        this.queue = context.own(RestoredQueue.of(entry, record.holders().get(0).toString(), companion, sight, context.log()));
        this.tooMuch = queue.problem(entry.limit());
        queue.warnIfTakesLess(entry.limit());
        this.early = mayBeEarly && tooMuch == null && entry.watches().size() >= OpenTargets.MANY && !queue.isEmpty() && !isAnyForOneEvent();
        if (early) {
            queue.prepare(instance);
        }
        held.expect(entry.watches().size());
        this.targets = context.own(OpenTargets.of(entry.watches(), files, held, companion));
        if (tooMuch == null) {
            queue.begin(instance, isAnythingMissed(), early && targets.areAllHeld() ? adding() : null);
        }
        this.finding = micros(begin);
    }

    private static long micros(long begin) {
        return (System.nanoTime() - begin) / 1000;
    }

    /**
     * Makes the instance of {@code record}, and finds what it watches, which is held in {@code held} until that is closed;
     * {@code companion} helps, and begins to make the events that wait.
     *
     * @param sight looks at what comes of that
     * @param mayBeEarly whether its queue may be kept filled up, so that watches can be added early
     */
    static RestoredInstance find(FileRecord record, RestoreContext context, HeldTargets held, Companion companion, QueueSight sight, boolean mayBeEarly) {
        return new RestoredInstance(record, context, held, companion, sight, mayBeEarly);
    }

    /** Whether its queue is kept filled up, or was begun to be. */
    boolean isEarly() {
        return early;
    }

    /** The first event that such a watch sees ends it, be it dropped or not. */
    private boolean isAnyForOneEvent() {
        for (int i = 0; i < entry.watches().size(); i++) {
            if (entry.watches().get(i).mark().mask().has(EventMask.ONESHOT)) {
                return true;
            }
        }
        return false;
    }

    /** Looked at now, before the restore itself touches anything. */
    private boolean isAnythingMissed() {
        Policies.Missed policy = Policies.missed(context.options());
        if (policy != Policies.Missed.AUTO) {
            return policy == Policies.Missed.ALWAYS;
        }
        for (int i = 0; i < entry.watches().size(); i++) {
            if (targets.isFound(i) && isLater(targets.changed(i), entry.seen())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLater(Timestamp one, Timestamp other) {
        return one.seconds() != other.seconds() ? one.seconds() > other.seconds() : one.nanoseconds() > other.nanoseconds();
    }

    /** That more waits than an instance takes, and the watches of which nothing is found, and nothing will be. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        if (tooMuch != null) {
            problems.add(tooMuch);
        }
        if (Policies.dropsUnresolved(context.options())) {
            return problems;
        }
        for (int i = 0; i < entry.watches().size(); i++) {
            WatchTarget target = entry.watches().get(i).target();
            boolean maybeLater = target.openFile() != null || target.pseudo();
            if (!targets.isFound(i) && !maybeLater) {
                problems.add(Policies.notFound(record.holders().get(0).toString(), entry.watches().get(i)));
            }
        }
        return problems;
    }

    private static Fd create(FileRecord record) {
        OpenFlags flags = record.flags();
        try {
            Fd instance = InotifyCalls.create(flags);
            if (flags.has(OpenFlags.ASYNC)) {
                FileCalls.flags(instance, flags);
            }
            return instance;
        } catch (KernelException e) {
            throw explained(e, record.holders().get(0).toString());
        }
    }

    /** The instance, which the caller then owns. */
    Fd take() {
        return Fd.own(instance.release());
    }

    /** Adds events and watches to {@code instance}; all that they are on must stand. */
    void furnish(Fd instance) {
        targets.findRest();
        queue.fill(instance, isAnyLost());
        long begin = System.nanoTime();
        if (!added) {
            addWatches(instance);
        }
        queue.finish();
        InotifyCalls.next(instance, entry.next());
        targets.close();
        if (context.log().isDebug()) {
            tellTimes(micros(begin));
        }
    }

    /** For the companion's thread, when the queue is filled up. */
    private RestoredQueue.Watching adding() {
        return new RestoredQueue.Watching() {
            @Override
            public void begin(Fd instance) {
                addWatches(instance);
                added = true;
            }
        };
    }

    /** For whoever looks for lost time, and for the bench. */
    private void tellTimes(long adding) {
        context.log().debug("inotify: " + entry.watches().size() + " watches found in " + finding + " us, " + queue.count()
                + " events rebuilt in " + queue.micros() + " us, watches added in " + adding + " us");
    }

    private boolean isAnyLost() {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < entry.watches().size(); i++) {
            if (!targets.isFound(i)) {
                problems.add(Policies.notFound(record.holders().get(0).toString(), entry.watches().get(i)));
            }
        }
        if (!problems.isEmpty() && !Policies.dropsUnresolved(context.options())) {
            throw new StasisException(problems);
        }
        for (int i = 0; i < problems.size(); i++) {
            context.log().warn(problems.get(i).subject() + ": " + problems.get(i).reason() + "; the watch is dropped");
        }
        return !problems.isEmpty();
    }

    private void addWatches(Fd instance) {
        try (WatchBatch batch = new WatchBatch(instance, entry.watches().size())) {
            for (int i = 0; i < entry.watches().size(); i++) {
                HeldTargets.Held held = targets.held(i);
                if (held != null) {
                    batch.add(entry.watches().get(i), held);
                } else {
                    batch.flush();
                    addUnheld(i, batch);
                }
            }
            batch.flush();
        } catch (StasisException e) {
            throw named(e);
        }
    }

    /** A watch does not know of which instance it is. */
    private StasisException named(StasisException e) {
        Problem one = e.problems().get(0);
        return one.code() != InotifyErrorCode.WATCHES_EXHAUSTED ? e
                : new StasisException(new Problem(one.code(), record.holders().get(0) + ": " + one.subject(), one.reason(), one.help()), e);
    }

    private void addUnheld(int index, WatchBatch batch) {
        Watch watch = entry.watches().get(index);
        try (Fd target = targets.open(index)) {
            targets.leave();
            if (target != null) {
                batch.addNow(watch, new HeldTargets.Held(target, FileCalls.briefStatus(target)));
            } else if (targets.isFound(index)) {
                throw new StasisException(Policies.notFound(record.holders().get(0).toString(), watch));
            }
        }
    }

    static RuntimeException explained(KernelException e, String holder) {
        if (e.is(Errno.EMFILE) && e.call().equals("inotify_init1")) {
            return new StasisException(new Problem(InotifyErrorCode.INSTANCES_EXHAUSTED, holder + " (inotify instance)",
                    "the user has as many inotify instances as are allowed (EMFILE)",
                    "raise sysctl fs.inotify.max_user_instances"), e);
        }
        if (e.is(Errno.ENOSPC) && e.call().equals("inotify_add_watch")) {
            return new StasisException(new Problem(InotifyErrorCode.WATCHES_EXHAUSTED, holder + " (inotify instance)",
                    "the user has as many inotify watches as are allowed (ENOSPC)",
                    "raise sysctl fs.inotify.max_user_watches"), e);
        }
        return e;
    }
}
