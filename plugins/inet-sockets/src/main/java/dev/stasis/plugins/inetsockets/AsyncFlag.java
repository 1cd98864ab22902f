package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.RestoreContext;

/** O_ASYNC, which a task must set by itself: the signals then name its descriptor. */
final class AsyncFlag {
    private static final int F_SETFL = 4;

    private AsyncFlag() {}

    /** Sets all status flags of {@code record}'s file, O_ASYNC among them, through the first descriptor that leads to it. */
    static void set(FileRecord record, RestoreContext context) {
        for (Holder holder : record.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                try (RemoteCalls calls = context.remoteCalls(descriptor.task())) {
                    calls.call(SyscallNumber.FCNTL, descriptor.number(), F_SETFL, record.flags().bits());
                }
                return;
            }
        }
    }
}
