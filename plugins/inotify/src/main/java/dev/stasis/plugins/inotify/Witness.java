package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An instance of our own on all that another one watches: it sees what happens while that one's queue is being built. */
final class Witness implements AutoCloseable {
    /** How often is looked for what comes directly behind an event; more would be waiting for what never comes. */
    private static final int MOST_WAITS = 200;

    private final Fd instance;
    private final ScratchSpace space;
    private final Map<WatchDescriptor, WatchDescriptor> numbers = new HashMap<>();
    private final Set<WatchDescriptor> once = new HashSet<>();
    private List<InotifyEvent> early = List.of();

    private Witness(Fd instance, ScratchSpace space) {
        this.instance = instance;
        this.space = space;
    }

    /** Nobody: the user has no instance or no watch left. What others do meanwhile is lost. */
    private static Witness none(ScratchSpace space, KernelException reason, Log log) {
        log.warn("what others do while waiting events are given back is lost, for nobody else can watch it: "
                + reason.getMessage());
        return new Witness(null, space);
    }

    /** Begins to watch what {@code watches} are on. */
    static Witness create(List<Watch> watches, OpenTargets targets, ScratchSpace space, Log log) {
        try {
            return create(watches, targets, space);
        } catch (KernelException e) {
            if (e.is(Errno.EMFILE) || e.is(Errno.ENOSPC)) {
                return none(space, e, log);
            }
            throw e;
        }
    }

    private static Witness create(List<Watch> watches, OpenTargets targets, ScratchSpace space) {
        Witness witness = new Witness(InotifyCalls.create(OpenFlags.NONBLOCK), space);
        boolean done = false;
        try {
            for (int i = 0; i < watches.size(); i++) {
                try (Fd target = targets.open(i)) {
                    if (target != null) {
                        witness.watch(watches.get(i), target);
                    }
                }
            }
            targets.leave();
            done = true;
            return witness;
        } finally {
            if (!done) {
                witness.close();
            }
        }
    }

    private void watch(Watch watch, Fd target) {
        WatchDescriptor own = InotifyCalls.watch(instance, target, watch.mark().mask());
        numbers.put(own, watch.mark().watch());
        if (watch.mark().mask().has(EventMask.ONESHOT)) {
            once.add(own);
        }
    }

    /**
     * Takes over from {@code other}: what is in its queue now is added to {@code queue}; what happens from now on is ours.
     *
     * @param unused the number of no watch of {@code other}
     */
    void takeOver(Fd other, WatchDescriptor unused, EventQueue queue) {
        if (instance == null) {
            queue.append(LiveQueue.drain(other));
            return;
        }
        UnixPath name = space.newName();
        DirectoryCalls.makeFile(space.root(), name, 0600);
        try (Fd file = FileCalls.openAt(space.root(), name, OpenFlags.WRONLY, 0)) {
            InotifyCalls.next(other, unused);
            InotifyCalls.watch(other, file, EventMask.MODIFY);
            WatchDescriptor mark = InotifyCalls.watch(instance, file, EventMask.MODIFY);
            FileCalls.write(file, new byte[1]);
            queue.append(upTo(unused, LiveQueue.drain(other)));
            List<InotifyEvent> seen = LiveQueue.drain(instance);
            early = seen.subList(Math.min(seen.size(), upTo(mark, seen).size() + 1), seen.size());
            InotifyCalls.tryRemove(other, unused);
            InotifyCalls.tryRemove(instance, mark);
        }
    }

    private static List<InotifyEvent> upTo(WatchDescriptor mark, List<InotifyEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).watch().equals(mark)) {
                return events.subList(0, i);
            }
        }
        return events;
    }

    /** Whether there is one. */
    boolean isThere() {
        return instance != null;
    }

    /** Whether something happened since the last time. */
    boolean hasSeen() {
        return instance != null && (!early.isEmpty() || pending() > 0);
    }

    /** How many bytes of events came since the last time. */
    int pending() {
        return InotifyCalls.pending(instance);
    }

    /** What happened since the last time, with the other instance's numbers; what belongs together is not torn apart. */
    List<InotifyEvent> seen() {
        if (instance == null) {
            return List.of();
        }
        List<InotifyEvent> events = new ArrayList<>(early);
        early = List.of();
        events.addAll(LiveQueue.drain(instance));
        for (int i = 0; i < MOST_WAITS && Halves.isOneMissing(events, once); i++) {
            Thread.onSpinWait();
            events.addAll(LiveQueue.drain(instance));
        }
        List<InotifyEvent> translated = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            InotifyEvent event = events.get(i);
            WatchDescriptor number = event.isOverflow() ? event.watch() : numbers.get(event.watch());
            if (number != null) {
                translated.add(new InotifyEvent(number, event.mask(), event.cookie(), event.name()));
            }
        }
        return translated;
    }

    @Override
    public void close() {
        if (instance != null) {
            instance.close();
        }
    }
}
