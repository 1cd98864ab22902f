package dev.stasis.plugins.inotify;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;

/**
 * Adds watches to an instance, hundreds in one go. Where one of them is refused that and those behind it are added one by one, which
 * tells why, or finds another way. While this is open no path of this thread may be relative.
 */
final class WatchBatch implements AutoCloseable {
    private static final int MOST = 256;
    /** To the descriptors, to the file among them, the number, the watch. */
    private static final int CALLS = 4;

    private final Fd instance;
    private final WatchDoor door;
    private final CallBatch batch;
    private final Watch[] watches;
    private final HeldTargets.Held[] targets;
    /** Which call of the batch adds each. */
    private final int[] places;
    private int count;
    /** The number that the kernel gives by itself to the one that is added next; -1 when that is not known. */
    private int next = -1;

    /** Will add watches to {@code instance}, about {@code expected} of them. */
    WatchBatch(Fd instance, int expected) {
        int most = Math.max(1, Math.min(MOST, expected));
        this.instance = instance;
        this.batch = new CallBatch(most * CALLS, 0);
        this.watches = new Watch[most];
        this.targets = new HeldTargets.Held[most];
        this.places = new int[most];
        this.door = WatchDoor.open();
    }

    /** Adds {@code watch} on {@code target}, which is borrowed, when {@link #flush} is called or before. */
    void add(Watch watch, HeldTargets.Held target) {
        if (count == watches.length) {
            flush();
        }
        long path = door.lead(batch, target.file(), target.status().type());
        if (watch.mark().watch().number() != next) {
            InotifyCalls.addNext(batch, instance, watch.mark().watch());
        }
        places[count] = InotifyCalls.addWatch(batch, instance, path, watch.mark().mask());
        watches[count] = watch;
        targets[count] = target;
        next = watch.mark().watch().number() + 1;
        count++;
    }

    /** Adds {@code watch} on {@code target}, which is borrowed, now and behind all others. */
    void addNow(Watch watch, HeldTargets.Held target) {
        flush();
        add(watch, target.file(), target);
    }

    /** Adds all that wait for it. */
    void flush() {
        if (count == 0) {
            return;
        }
        int from = batch.tryRun() ? count : indexOf(batch.failed());
        for (int i = 0; i < from; i++) {
            Watches.check(watches[i], new WatchDescriptor((int) batch.result(places[i])));
        }
        batch.clear();
        int all = count;
        count = 0;
        if (from < all) {
            door.strayed();
            next = -1;
        }
        for (int i = from; i < all; i++) {
            add(watches[i], targets[i].file(), targets[i]);
        }
    }

    private int indexOf(int place) {
        int index = 0;
        while (places[index] < place) {
            index++;
        }
        return index;
    }

    private void add(Watch watch, Fd file, HeldTargets.Held target) {
        Watches.add(instance, watch, door.to(file, target.status().type()), next);
        next = watch.mark().watch().number() + 1;
    }

    @Override
    public void close() {
        door.close();
    }
}
