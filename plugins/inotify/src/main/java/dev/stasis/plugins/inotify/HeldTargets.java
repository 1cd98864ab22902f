package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.BriefStatus;
import dev.stasis.linux.fs.DescriptorRoom;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What watches of a restore are on, held open from when it is found until all watches are added, so that it is found once,
 * however many instances watch it. Any thread may call. Must be closed before the tree goes on: what is held does not quite go when it is deleted.
 */
final class HeldTargets implements AutoCloseable {
    private static final int MOST = 1 << 14;
    private static final int OTHER_DESCRIPTORS = 1 << 10;
    private static final int RLIMIT_NOFILE = 7;

    private final Map<Key, Held> byHandle = new ConcurrentHashMap<>();
    private final boolean shared;
    /** As many as can be held; those before {@link #next} are. */
    private Fd[] files = new Fd[0];
    private final AtomicInteger next = new AtomicInteger();

    /**
     * One of them.
     *
     * @param file O_PATH, borrowed
     * @param status as of when it was found
     */
    record Held(Fd file, BriefStatus status) {}

    /** By hand, as all that is hashed on the way: what the compiler generates for a record is slow to start. */
    private static final class Key {
        private final DeviceNumber device;
        private final FileHandle handle;

        Key(Watch watch) {
            device = watch.mark().device();
            handle = watch.mark().handle();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && device.equals(that.device) && handle.equals(that.handle);
        }

        @Override
        public int hashCode() {
            return 31 * device.hashCode() + handle.hashCode();
        }
    }

    /** For watches of {@code instances}: what only one of them watches is not looked for again. */
    HeldTargets(int instances) {
        this.shared = instances > 1;
    }

    /** So many more may come; they are held if this process may have as many descriptors. From one thread, before the others. */
    void expect(int count) {
        int held = count();
        if (count > files.length - held) {
            DescriptorRoom.reserve(held + count + OTHER_DESCRIPTORS);
            long limit = LimitCalls.limit(ProcessCalls.self(), RLIMIT_NOFILE)[0];
            int most = (int) Math.max(held, Math.min(MOST, limit - OTHER_DESCRIPTORS));
            files = Arrays.copyOf(files, Math.min(most, held + count));
            next.set(held);
        }
    }

    private int count() {
        return Math.min(next.get(), files.length);
    }

    /** What the handle of {@code watch} led to before; null when it was not asked for, or is not held. */
    Held of(Watch watch) {
        return !shared || watch.mark().handle() == null ? null : byHandle.get(new Key(watch));
    }

    /**
     * Holds {@code file}, which it then owns, and which is what {@code watch} is on; null when it cannot hold any more.
     *
     * @param byHandle whether the handle led to it; where none leads anywhere, several inodes may have the same
     */
    Held tryHold(Watch watch, Fd file, BriefStatus status, boolean byHandle) {
        int place = next.get() < files.length ? next.getAndIncrement() : files.length;
        if (place >= files.length) {
            return null;
        }
        files[place] = file;
        Held held = new Held(file, status);
        if (shared && byHandle) {
            this.byHandle.put(new Key(watch), held);
        }
        return held;
    }

    /** Lets go of all, one half of which {@code companion} does. */
    void close(Companion companion) {
        List<Fd> all = Arrays.asList(files).subList(0, count());
        List<Fd> half = all.subList(0, all.size() / 2);
        Future<?> done = companion.begin(new Runnable() {
            @Override
            public void run() {
                Fd.closeAll(half);
            }
        });
        try {
            Fd.closeAll(all.subList(half.size(), all.size()));
        } finally {
            Companion.await(done);
        }
        close();
    }

    @Override
    public void close() {
        Fd.closeAll(Arrays.asList(files).subList(0, count()));
        files = new Fd[0];
        next.set(0);
        byHandle.clear();
    }
}
