package dev.stasis.plugins.inotify;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;

/**
 * Makes events that only take room in a queue, two by each call: a file is read from that is watched itself and by the
 * directory it is in. Both take turns, so no two events in a row are equal and merge. The watches stay until they are removed.
 */
final class Filler implements AutoCloseable {
    private static final UnixPath NAME = UnixPath.of("f");
    /** What the file's own events take in a read, and what any does that has no name. */
    private static final int PLAIN = 16;
    /** What those of the directory take more, which stand before the file's. */
    private static final int NAMED = 16;
    private static final int CALLS = 512;

    private final Fd instance;
    private final WatchDescriptor watch;
    private final Fd file;
    private final NativeMemory one = NativeMemory.allocate(1);
    private int made;

    private Filler(Fd instance, WatchDescriptor watch, Fd file) {
        this.instance = instance;
        this.watch = watch;
        this.file = file;
    }

    /** Watches a new file of {@code space} as {@code watch} and the number behind it, which must be free. */
    static Filler create(Fd instance, WatchDescriptor watch, ScratchSpace space) {
        UnixPath directory = space.newName();
        DirectoryCalls.make(space.root(), directory, 0700);
        DirectoryCalls.makeFile(space.root(), directory.resolve(NAME), 0600);
        Fd file = FileCalls.openAt(space.root(), directory.resolve(NAME), OpenFlags.RDWR, 0);
        Filler filler = new Filler(instance, watch, file);
        filler.write();
        InotifyCalls.next(instance, watch);
        InotifyCalls.watch(instance, UnixPath.of("/proc/self/fd/" + space.root().number()).resolve(directory), EventMask.ACCESS);
        InotifyCalls.watch(instance, file, EventMask.ACCESS.with(EventMask.MODIFY));
        return filler;
    }

    private void write() {
        FileCalls.writeAt(file, one, 1, 0);
    }

    private void read() {
        FileCalls.readAt(file, one, 1, 0);
    }

    /** Makes events until there are {@code count}; an odd number once, for another one might merge with it. */
    void fill(int count) {
        readOften((count - made) / 2);
        if (count % 2 != 0) {
            write(); // the directory is not watched for that
        }
        made = count;
    }

    /** Each makes two events. */
    private void readOften(int times) {
        CallBatch batch = new CallBatch(Math.max(1, Math.min(times, CALLS)), 0);
        int left = times;
        while (left > 0) {
            int now = Math.min(left, CALLS);
            if (now != batch.size()) {
                batch.clear();
                for (int i = 0; i < now; i++) {
                    batch.add("pread", SyscallNumber.PREAD64, file.number(), one.address(), 1, 0, 0);
                }
            }
            batch.run();
            left -= now;
        }
        one.getByte(0); // keeps the memory until here
    }

    /** Makes more than a queue takes that is full: the mark of an overflow. */
    void overflow() {
        read();
    }

    /**
     * How many bytes events {@code from} (included) to {@code to} (not included) take in a read, of a queue that begins with the
     * {@code filled} events of {@link #fill}, behind which only such without a name count.
     */
    static int size(int from, int to, int filled) {
        int named = Math.min(to, filled - filled % 2);
        int before = Math.min(from, filled - filled % 2);
        return PLAIN * (to - from) + NAMED * ((named + 1) / 2 - (before + 1) / 2);
    }

    /** How many events take {@code size} bytes, of a queue that begins with an even number of them. */
    static int count(int size) {
        int pairs = size / (2 * PLAIN + NAMED);
        return 2 * pairs + (size % (2 * PLAIN + NAMED) == 0 ? 0 : 1);
    }

    /** Takes events of {@code size} bytes in all out of the queue of {@code instance}, which must begin with them, into {@code memory}. */
    static void take(Fd instance, int size, NativeMemory memory) {
        int left = Math.min(size, InotifyCalls.pending(instance)); // once: the kernel counts all that is there each time
        while (left > 0) {
            left -= InotifyCalls.read(instance, memory, left);
        }
    }

    /** Stops watching. */
    void remove() {
        InotifyCalls.tryRemove(instance, watch);
        InotifyCalls.tryRemove(instance, new WatchDescriptor(watch.number() + 1));
    }

    @Override
    public void close() {
        file.close();
    }
}
