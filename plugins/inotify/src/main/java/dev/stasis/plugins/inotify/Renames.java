package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which events are halves of one rename, and the order in which events are made because of that. Pure. */
final class Renames {
    private final List<InotifyEvent> events;
    private final int[] arrivals;

    private Renames(List<InotifyEvent> events, int[] arrivals) {
        this.events = events;
        this.arrivals = arrivals;
    }

    static Renames of(List<InotifyEvent> events) {
        Map<Integer, Integer> known = new HashMap<>();
        int[] arrivals = new int[events.size()];
        Arrays.fill(arrivals, -1);
        for (int i = events.size() - 1; i >= 0; i--) {
            InotifyEvent event = events.get(i);
            if (event.mask().has(EventMask.MOVED_TO)) {
                known.put(event.cookie(), i);
            } else if (event.mask().has(EventMask.MOVED_FROM)) {
                Integer arrival = known.remove(event.cookie());
                arrivals[i] = arrival == null ? -1 : arrival;
            }
        }
        return new Renames(events, arrivals);
    }

    /** Where the other half is of the one that begins at {@code index}; -1 when none does, or nobody heard of the other. */
    int arrival(int index) {
        return arrivals[index];
    }

    /** Between the halves of a rename only one thing comes by itself: the end of a watch for one event. */
    boolean isWatchedOnce(int departure) {
        InotifyEvent between = events.get(departure + 1);
        return arrivals[departure] == departure + 2 && between.isIgnored()
                && between.watch().equals(events.get(departure).watch());
    }

    /** Whether no one rename is like that at {@code departure}, so that its halves get cookies of their own. */
    boolean isApart(int departure, StandIns standIns) {
        int arrival = arrivals[departure];
        InotifyEvent one = events.get(departure);
        InotifyEvent other = events.get(arrival);
        return one.watch().equals(other.watch()) ? one.name().equals(other.name())
                : standIns.isMounted(departure) || standIns.isMounted(arrival);
    }

    /** All events in the order in which they are made: the halves of a rename directly behind each other, as the kernel makes them. */
    List<InotifyEvent> inOrder(StandIns standIns, int cookiesBefore) {
        List<InotifyEvent> order = new ArrayList<>(events.size());
        boolean[] done = new boolean[events.size()];
        int cookies = cookiesBefore;
        for (int i = 0; i < events.size(); i++) {
            if (done[i]) {
                continue;
            }
            boolean moved = events.get(i).mask().hasAny(EventMask.MOVED_FROM.with(EventMask.MOVED_TO));
            order.add(withCookie(events.get(i), moved ? ++cookies : 0));
            if (arrivals[i] >= 0) {
                if (isWatchedOnce(i)) {
                    order.add(events.get(i + 1));
                    done[i + 1] = true;
                }
                order.add(withCookie(events.get(arrivals[i]), isApart(i, standIns) ? ++cookies : cookies));
                done[arrivals[i]] = true;
            }
        }
        return order;
    }

    private static InotifyEvent withCookie(InotifyEvent event, int cookie) {
        return new InotifyEvent(event.watch(), event.mask(), cookie, event.name());
    }

    /** Whether these are the same events in the same order, renames being paired alike. */
    static boolean areSame(List<InotifyEvent> one, List<InotifyEvent> other) {
        Map<Integer, Integer> there = new HashMap<>();
        Map<Integer, Integer> back = new HashMap<>();
        for (int i = 0; i < one.size() && i < other.size(); i++) {
            InotifyEvent a = one.get(i);
            InotifyEvent b = other.get(i);
            if (a == null || b == null || !a.watch().equals(b.watch()) || !a.mask().equals(b.mask()) || !a.name().equals(b.name())
                    || (a.cookie() == 0) != (b.cookie() == 0)) {
                return false;
            }
            Integer known = there.putIfAbsent(a.cookie(), b.cookie());
            Integer knownBack = back.putIfAbsent(b.cookie(), a.cookie());
            if (known != null && known != b.cookie() || knownBack != null && knownBack != a.cookie()) {
                return false;
            }
        }
        return one.size() == other.size();
    }
}
