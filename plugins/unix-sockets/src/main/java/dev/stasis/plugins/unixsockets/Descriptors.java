package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;

/**
 * Fetches copies of a tree's descriptors, each for a moment: a copy held longer would keep the other end from seeing that this one is
 * closed. To be closed.
 */
final class Descriptors implements AutoCloseable {
    private Pid task;
    private Fd pidfd;

    /** The first descriptor of {@code file}. */
    static RemoteFd of(OpenFile file) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                return new RemoteFd(descriptor.task(), descriptor.number());
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }

    /** A copy of {@code file}; the caller owns it. */
    Fd fetch(OpenFile file) {
        RemoteFd descriptor = of(file);
        if (!descriptor.task().equals(task)) {
            close();
            pidfd = ProcessCalls.pidfd(descriptor.task());
            task = descriptor.task();
        }
        return ProcessCalls.fetch(pidfd, descriptor);
    }

    /** The same; null when the task, which runs, is gone or has closed it. */
    Fd tryFetch(OpenFile file) {
        try {
            return fetch(file);
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH) || e.is(Errno.EBADF)) {
                return null;
            }
            throw e;
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
