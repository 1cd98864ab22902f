package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import java.lang.ref.Reference;

/** Makes a restored file ready for a moment, which it is not by itself, and leaves it as it was. */
final class Nudge {
    private static final UnixPath TIMER = UnixPath.of("anon_inode:[timerfd]");
    private static final byte[] ANYTHING = {0};
    private static final int TIMES = 32;
    private static final int VALUE_NANOS = 24;
    private static final int PATIENCE = 1000;

    private final FileRecord record;
    private final Fd file;
    private final RestoreContext context;

    /** Of {@code file}, which is that of {@code record}. */
    Nudge(FileRecord record, Fd file, RestoreContext context) {
        this.record = record;
        this.file = file;
        this.context = context;
    }

    /** Whether a file that /proc shows as {@code link} is a timer: it is set last of all, so it can expire before and nobody sees. */
    static boolean isTimer(UnixPath link) {
        return link.equals(TIMER);
    }

    /** Makes it ready, calls {@code meanwhile}, and takes back what made it ready; does nothing with what it knows no way for. */
    void around(Runnable meanwhile) {
        if (isTimer(record.link())) {
            aroundTimer(meanwhile);
        } else if (FileCalls.status(file).type() == FileType.FIFO) {
            Fd writer = writer();
            if (writer != null) {
                FileCalls.write(writer, ANYTHING);
                meanwhile.run();
                FileCalls.read(file, ANYTHING.length);
            }
        }
    }

    private void aroundTimer(Runnable meanwhile) {
        NativeMemory times = NativeMemory.allocate(TIMES);
        boolean isUnset = SystemCalls.tryCall(SyscallNumber.TIMERFD_GETTIME, file.number(), times.address()) == 0
                && times.getLong(0) == 0 && times.getLong(8) == 0 && times.getLong(16) == 0 && times.getLong(VALUE_NANOS) == 0;
        if (isUnset && set(times.putLong(VALUE_NANOS, 1))) {
            EpollCalls.isReady(file, PATIENCE);
            meanwhile.run();
            set(times.putLong(VALUE_NANOS, 0));
        }
        Reference.reachabilityFence(times);
    }

    private boolean set(NativeMemory times) {
        return SystemCalls.tryCall(SyscallNumber.TIMERFD_SETTIME, file.number(), 0, times.address(), 0) == 0;
    }

    /** The end of the same pipe to write to; null when the tree has none. */
    private Fd writer() {
        for (int i = 0; i < context.records().size(); i++) {
            FileRecord one = context.records().get(i);
            boolean isWriter = one.flags().accessMode().writes() && one.identity() != null && record.identity() != null
                    && SilentItems.isOneInode(one.identity(), record.identity());
            Fd writer = isWriter ? context.restored(one.id()).orElse(null) : null;
            if (writer != null && FileCalls.status(writer).inode().equals(FileCalls.status(file).inode())) {
                return writer;
            }
        }
        return null;
    }
}
