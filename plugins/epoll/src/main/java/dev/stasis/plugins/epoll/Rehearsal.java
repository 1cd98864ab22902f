package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;

/** Runs what is run for a large instance while the tree stands still on one of our own before, until it is compiled. */
final class Rehearsal {
    private static final int ITEMS = 600;
    private static final int ROUNDS = 4;
    private static final int CLOEXEC = 0x80000;
    private static boolean done;

    private Rehearsal() {}

    /** Runs it, once for this process. */
    static void run() {
        if (done) {
            return;
        }
        done = true;
        try (Fd instance = Fd.own((int) SystemCalls.call("epoll_create1", "", SyscallNumber.EPOLL_CREATE1, CLOEXEC));
                Fd event = Fd.own((int) SystemCalls.call("eventfd2", "", SyscallNumber.EVENTFD2, 0, CLOEXEC));
                Fd ourselves = ProcessCalls.pidfd(ProcessCalls.self())) {
            for (int i = 0; i < ROUNDS; i++) {
                round(instance, event, ourselves);
            }
        }
    }

    private static void round(Fd instance, Fd event, Fd ourselves) {
        Numbers numbers = new Numbers();
        for (int i = 5; i < 5 + ITEMS; i++) {
            numbers.add(i);
        }
        NumberedFiles files = new NumberedFiles(numbers);
        NativeMemory empty = NativeMemory.allocate(16);
        files.in(instance);
        files.from(ourselves);
        for (int i = 5; i < 5 + ITEMS; i++) {
            files.putTheirs(event.number(), i);
            files.add(i, empty, 0).whatever();
        }
        files.run();
        ItemList.read(instance);
    }
}
