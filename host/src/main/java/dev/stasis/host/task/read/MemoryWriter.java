package dev.stasis.host.task.read;

import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.task.freeze.CpuPin;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.RemoteMemory;

/**
 * Writes the private memory of frozen processes into an image. The memory is copied from outside, by two threads when there
 * is much of it: as fast as if the process wrote it itself, which would need a descriptor in it that must not be left behind.
 * Its buffers serve for all processes; one thread at a time.
 */
public final class MemoryWriter {
    private static final long WORTH_A_THREAD = 8L << 20;
    /** Native memory is given back only when garbage is collected; who dumps again and again would pile it up. */
    private static final ThreadLocal<NativeMemory> BUFFER = new ThreadLocal<>();

    private final CpuPin pin;
    private final NativeMemory buffer = buffer();
    private NativeMemory secondBuffer;
    private long[][] room;

    /** A writer whose second thread is free of {@code pin}, which the calling thread has. */
    public MemoryWriter(CpuPin pin) {
        this.pin = pin;
    }

    /** Writes the private memory of {@code task}, which has the mappings of {@code state}, to {@code output} and finishes it. */
    public void write(FrozenTask task, MemoryState state, PagesOutput output) {
        write(task, state, output, true);
    }

    /**
     * The same for a process of which is known whether it may have pages that are {@code shared} with others since fork(2): such
     * stay shared, which takes longer.
     */
    public void write(FrozenTask task, MemoryState state, PagesOutput output, boolean shared) {
        write(task, new PageCopy(PageScanner.scan(task.pid(), state), output), output, shared);
    }

    /** The same but for the pages that it shares with {@code parent}, which {@code output} is told of. */
    public void write(FrozenTask task, FrozenTask parent, MemoryState state, PagesOutput output) {
        Inheritance inheritance = Inheritance.of(PageScanner.scan(task.pid(), state), task.pid(), parent.pid(), room());
        output.inherit(inheritance.inherited());
        write(task, new PageCopy(inheritance.own(), output), output, true);
    }

    private static NativeMemory buffer() {
        NativeMemory own = BUFFER.get();
        if (own == null) {
            own = NativeMemory.allocate(PageChunk.SIZE);
            BUFFER.set(own);
        }
        return own;
    }

    private long[][] room() {
        room = room == null ? Inheritance.room() : room;
        return room;
    }

    private void write(FrozenTask task, PageCopy copy, PagesOutput output, boolean shared) {
        if (copy.length() < WORTH_A_THREAD) {
            copy.work(new PageChunk(task.pid(), task.memory(), buffer, shared));
        } else {
            workTogether(copy, task.pid(), task.memory(), shared);
        }
        output.finish(copy.runs());
    }

    private void workTogether(PageCopy copy, Pid pid, RemoteMemory memory, boolean shared) {
        secondBuffer = secondBuffer == null ? NativeMemory.allocate(PageChunk.SIZE) : secondBuffer;
        Second second = new Second(copy, pid, shared);
        second.start();
        RuntimeException failure = null;
        try {
            copy.work(new PageChunk(pid, memory, buffer, shared));
        } catch (RuntimeException e) {
            failure = e;
        }
        second.awaitEnd();
        if (second.failure != null && (failure == null || failure instanceof IllegalStateException)) {
            throw second.failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private final class Second extends Thread {
        private final PageCopy copy;
        private final Pid pid;
        private final boolean shared;
        private RuntimeException failure;

        Second(PageCopy copy, Pid pid, boolean shared) {
            super("stasis-memory");
            this.copy = copy;
            this.pid = pid;
            this.shared = shared;
            setDaemon(true);
        }

        @Override
        public void run() {
            try (RemoteMemory memory = RemoteMemory.open(pid)) {
                pin.freeInheritor();
                copy.work(new PageChunk(pid, memory, secondBuffer, shared));
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        void awaitEnd() {
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
