package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;

/**
 * Gets sockets out of tasks, one at a time: copies of ten thousand would take more descriptors than a process may have, and one
 * that is held keeps the port when its task closes it.
 */
final class HeldSockets implements AutoCloseable {
    private Pid task;
    private Fd pidfd;

    /** A descriptor of the same open file in this process; the caller closes it. */
    Fd fetch(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor descriptor) {
                enter(descriptor.task());
                return ProcessCalls.fetch(pidfd, new RemoteFd(task, descriptor.number()));
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }

    private void enter(Pid holder) {
        if (!holder.equals(task)) {
            close();
            pidfd = ProcessCalls.pidfd(holder);
            task = holder;
        }
    }

    @Override
    public void close() {
        if (pidfd != null) {
            pidfd.close();
        }
        pidfd = null;
        task = null;
    }
}
