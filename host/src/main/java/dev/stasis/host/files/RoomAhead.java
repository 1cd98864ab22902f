package dev.stasis.host.files;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.DescriptorRoom;

/**
 * Makes room for descriptors in a thread of its own, beside other work: the kernel waits for a grace period of all processors
 * before it lets a process with threads have a larger table, some ten milliseconds.
 *
 * <p>Start it from a thread that is not bound to a processor: the kernel lets a new thread inherit the binding.
 */
final class RoomAhead implements Runnable {
    private final int count;
    private final Thread thread = new Thread(this, "stasis-room");

    private RoomAhead(int count) {
        this.count = count;
    }

    /** Begins to make room for descriptors up to number {@code count}. */
    static RoomAhead begin(int count) {
        RoomAhead room = new RoomAhead(count);
        room.thread.setDaemon(true);
        room.thread.start();
        return room;
    }

    @Override
    public void run() {
        try {
            DescriptorRoom.reserve(count);
        } catch (KernelException e) {
            // It fails again where it matters, and is told there.
        }
    }

    /** Waits until there is room; throws {@link KernelException} when there is none. */
    void await() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        DescriptorRoom.reserve(count);
    }
}
