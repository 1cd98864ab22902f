package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes events happen once more, on stand-ins in the scratch space. The watches of the stand-ins stay until
 * {@link #unwatchAll}: where an event says that a watch is gone, it goes there and then.
 */
final class EventMaker implements AutoCloseable {
    private final ScratchSpace space;
    private final Map<WatchDescriptor, ScratchObject> objects = new HashMap<>();
    private final Set<WatchDescriptor> ignoredByItself = new HashSet<>();
    private final ScratchCalls calls;

    /** For {@code instance} and about {@code events} events. */
    EventMaker(Fd instance, ScratchSpace space, int events) {
        this.space = space;
        this.calls = new ScratchCalls(instance, events);
    }

    /**
     * Makes {@code events}, none of them an overflow, in order; the two halves of a rename directly behind each other. Returns what must be in the
     * queue then; its cookies only tell what belongs together, and are higher than {@code cookies}.
     */
    List<InotifyEvent> make(List<InotifyEvent> events, int cookies) {
        StandIns standIns = StandIns.of(events);
        Renames renames = Renames.of(events);
        boolean[] made = new boolean[events.size()];
        for (int i = 0; i < events.size(); i++) {
            InotifyEvent event = events.get(i);
            if (made[i]) {
                continue;
            }
            int arrival = renames.arrival(i);
            if (arrival >= 0) {
                made[arrival] = true;
                ScratchObject from = object(event, standIns, i);
                ScratchObject to = object(events.get(arrival), standIns, arrival);
                boolean once = renames.isWatchedOnce(i);
                made[i + 1] |= once;
                rename(from, event, to, events.get(arrival), once, renames.isApart(i, standIns));
            } else {
                make(event, standIns, i);
            }
        }
        calls.flush();
        return renames.inOrder(standIns, cookies);
    }

    private ScratchObject object(InotifyEvent event, StandIns standIns, int index) {
        ScratchObject object = objects.get(event.watch());
        if (object == null) {
            object = ScratchObject.create(event.watch(), space, calls, standIns.isDirectory(index), standIns.isMounted(index));
            objects.put(event.watch(), object);
        }
        return object;
    }

    private void make(InotifyEvent event, StandIns standIns, int index) {
        if (event.isIgnored() && ignoredByItself.remove(event.watch())) {
            return;
        }
        ScratchObject object = object(event, standIns, index);
        EventMask what = event.mask().without(EventMask.ISDIR);
        if ((what.bits() & EventKinds.OF_SELF) != 0) {
            makeOfSelf(what, event.watch(), object);
        } else if ((what.bits() & EventKinds.OF_ENTRIES) != 0) {
            makeOfEntry(what, event, object);
        } else {
            Touch.make(what, event, object, calls);
        }
    }

    private void makeOfSelf(EventMask what, WatchDescriptor watch, ScratchObject object) {
        if (!what.equals(EventMask.IGNORED) && !what.equals(EventMask.UNMOUNT)) {
            object.watchFor(what);
        }
        if (what.equals(EventMask.MOVE_SELF)) {
            object.move();
            return;
        }
        objects.remove(watch);
        if (what.equals(EventMask.IGNORED)) {
            object.unwatch();
        } else {
            ignoredByItself.add(watch);
            if (what.equals(EventMask.DELETE_SELF)) {
                object.delete();
            } else {
                object.unmount();
            }
        }
        object.close();
    }

    /** What has to be there, or not, is seen to before the event is watched for. */
    private void makeOfEntry(EventMask what, InotifyEvent event, ScratchObject object) {
        boolean directory = event.mask().has(EventMask.ISDIR);
        if (what.equals(EventMask.DELETE) || what.equals(EventMask.MOVED_FROM)) {
            object.require(event.name(), directory, what);
        } else {
            object.forbid(event.name(), what);
        }
        object.watchFor(what);
        if (what.equals(EventMask.CREATE)) {
            object.create(event.name(), directory);
        } else if (what.equals(EventMask.DELETE)) {
            object.remove(event.name());
        } else if (what.equals(EventMask.MOVED_FROM)) {
            object.moveOut(event.name());
        } else {
            object.moveIn(event.name(), directory);
        }
    }

    private void rename(
            ScratchObject from, InotifyEvent departure, ScratchObject to, InotifyEvent arrival, boolean once, boolean apart) {
        boolean directory = departure.mask().has(EventMask.ISDIR);
        EventMask both = EventMask.MOVED_FROM.with(EventMask.MOVED_TO);
        from.require(departure.name(), directory, EventMask.MOVED_FROM);
        if (!apart) {
            to.forbid(arrival.name(), EventMask.MOVED_TO);
        }
        from.watchFor(once ? EventMask.MOVED_FROM.with(EventMask.ONESHOT) : from == to ? both : EventMask.MOVED_FROM);
        if (apart) {
            from.moveOut(departure.name());
            to.forbid(arrival.name(), EventMask.MOVED_TO);
            to.watchFor(EventMask.MOVED_TO);
            to.moveIn(arrival.name(), directory);
        } else {
            to.watchFor(from == to ? both : EventMask.MOVED_TO);
            from.rename(departure.name(), to, arrival.name());
        }
        if (once) {
            objects.remove(departure.watch());
            from.close();
        }
    }

    /** Takes all watches of stand-ins away: IN_IGNORED for each, unless the queue has no room. */
    void unwatchAll() {
        for (ScratchObject object : objects.values()) {
            object.unwatch();
        }
        calls.flush();
    }

    @Override
    public void close() {
        for (ScratchObject object : objects.values()) {
            object.close();
        }
        objects.clear();
    }
}
