package dev.stasis.plugins.inotify;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * What is done to stand-ins and their watches, in order, many calls in one go: a queue may have tens of thousands of events. Nothing is
 * sure to be done before {@link #flush}; until then descriptors that were named here must stay open.
 */
final class ScratchCalls {
    private static final int MOST = 512;
    private static final int FEWEST = 16;
    private static final int CALLS_PER_EVENT = 4;
    private static final int BYTES_PER_CALL = 64;
    /** Two names of the greatest length, with the directories that they are in. */
    private static final int ROOM_FOR_PATHS = 2048;
    private static final int READ_AT_ONCE = 1024;
    private static final int S_IFREG = 0100000;
    private static final int AT_REMOVEDIR = 0x200;

    private final Fd instance;
    private final CallBatch batch;
    private final NativeMemory buffer = NativeMemory.allocate(READ_AT_ONCE);
    /** Of calls that are looked at when they were made: where they are, and which number they must return; null for any. */
    private final int[] places;
    private final WatchDescriptor[] numbers;
    private int looked;

    /** For watches of {@code instance}, and about {@code events} events. */
    ScratchCalls(Fd instance, int events) {
        int calls = Math.max(FEWEST, Math.min(MOST, events * CALLS_PER_EVENT));
        this.instance = instance;
        this.batch = new CallBatch(calls, ROOM_FOR_PATHS + calls * BYTES_PER_CALL);
        this.places = new int[calls];
        this.numbers = new WatchDescriptor[calls];
    }

    private void require(int calls, int bytes) {
        if (!batch.hasRoomFor(calls, 2, bytes + 2)) {
            flush();
        }
    }

    void makeDirectory(Fd base, UnixPath path) {
        require(1, path.length());
        batch.add("mkdirat", SyscallNumber.MKDIRAT, base.number(), batch.lend(path), 0700);
    }

    void makeFile(Fd base, UnixPath path) {
        require(1, path.length());
        batch.add("mknodat", SyscallNumber.MKNODAT, base.number(), batch.lend(path), S_IFREG | 0600, 0, 0);
    }

    /** Gives {@code file} another name, {@code path}: IN_CREATE as of a new file, but cheaper to make and to take away again. */
    void link(Fd base, UnixPath file, UnixPath path) {
        require(1, file.length() + path.length());
        batch.add("linkat", SyscallNumber.LINKAT, base.number(), batch.lend(file), base.number(), batch.lend(path), 0);
    }

    void unlink(Fd base, UnixPath path, boolean directory) {
        require(1, path.length());
        batch.add("unlinkat", SyscallNumber.UNLINKAT, base.number(), batch.lend(path), directory ? AT_REMOVEDIR : 0);
    }

    void rename(Fd base, UnixPath from, Fd newBase, UnixPath to) {
        require(1, from.length() + to.length());
        batch.add("renameat", SyscallNumber.RENAMEAT, base.number(), batch.lend(from), newBase.number(), batch.lend(to), 0);
    }

    void permissions(Fd base, UnixPath path, int permissions) {
        require(1, path.length());
        batch.add("fchmodat", SyscallNumber.FCHMODAT, base.number(), batch.lend(path), permissions);
    }

    /** Opens it and closes it again. */
    void open(Fd base, UnixPath path, OpenFlags flags) {
        require(3, path.length());
        close(beginOpen(base, path, flags));
    }

    /** Opens it, writes a byte to it and reads that. */
    void readFile(Fd base, UnixPath path) {
        require(7, path.length());
        int file = beginOpen(base, path, OpenFlags.RDWR);
        batch.pass(file, 0);
        look(batch.add("pwrite", SyscallNumber.PWRITE64, 0, buffer.address(), 1, 0, 0), null);
        batch.pass(file, 0);
        look(batch.add("pread", SyscallNumber.PREAD64, 0, buffer.address(), 1, 0, 0), null);
        close(file);
    }

    /** Opens it and reads what it has, as far as one call does. */
    void readDirectory(Fd base, UnixPath path) {
        require(5, path.length());
        int directory = beginOpen(base, path, OpenFlags.RDONLY);
        batch.pass(directory, 0);
        look(batch.add("getdents64", SyscallNumber.GETDENTS64, 0, buffer.address(), READ_AT_ONCE), null);
        close(directory);
    }

    private int beginOpen(Fd base, UnixPath path, OpenFlags flags) {
        return batch.add("openat", SyscallNumber.OPENAT, base.number(), batch.lend(path), flags.with(OpenFlags.CLOEXEC).bits());
    }

    private void close(int place) {
        batch.pass(place, 0);
        batch.add("close", SyscallNumber.CLOSE, 0, 0);
    }

    /** Watches {@code path}, or changes the mask of the watch on it, which must be {@code number}. */
    void watch(UnixPath path, EventMask mask, WatchDescriptor number) {
        require(1, path.length());
        look(InotifyCalls.addWatch(batch, instance, batch.lend(path), mask), number);
    }

    /** Makes {@code number} that of the next watch. */
    void next(WatchDescriptor number) {
        require(1, 0);
        InotifyCalls.addNext(batch, instance, number);
    }

    /** Takes {@code number} away, if it is there. */
    void unwatch(WatchDescriptor number) {
        require(1, 0);
        int place = batch.add("inotify_rm_watch", SyscallNumber.INOTIFY_RM_WATCH, instance.number(), number.number());
        batch.mayFail(place, 0);
    }

    /** What was opened is closed whatever comes of it, so it may fail for the moment. */
    private void look(int place, WatchDescriptor number) {
        batch.mayFail(place, 0);
        places[looked] = place;
        numbers[looked] = number;
        looked++;
    }

    /** All of it is done then. */
    void flush() {
        try {
            batch.run();
            for (int i = 0; i < looked; i++) {
                check(places[i], numbers[i]);
            }
        } finally {
            batch.clear();
            looked = 0;
        }
    }

    private void check(int place, WatchDescriptor number) {
        long result = batch.result(place);
        if (result < 0) {
            throw new KernelException(number == null ? "reading a stand-in" : "inotify_add_watch", "a stand-in", new Errno((int) -result));
        }
        if (number != null && result != number.number()) {
            throw new StasisException(new Problem(InotifyErrorCode.WATCH_MISNUMBERED, number.toString(),
                    "the kernel gave it the number " + result, ""));
        }
    }
}
