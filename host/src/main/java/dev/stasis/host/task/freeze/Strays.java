package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads that did not stop in time for a freeze, such as one in vfork(2), and are still attached to: the kernel lets go only of
 * what stands. They are let go of when they stop at last, by the thread that attached to them, which looks every now and then.
 */
public final class Strays {
    private static final ThreadLocal<List<SeizedThread>> OURS = new ThreadLocal<>();

    private Strays() {}

    /** Adds {@code thread}, which was asked to stop. */
    static void add(SeizedThread thread) {
        if (OURS.get() == null) {
            OURS.set(new ArrayList<>());
        }
        OURS.get().add(thread);
    }

    /** Whether {@code tid} is one that the calling thread is attached to. */
    static boolean isOurs(Pid tid) {
        List<SeizedThread> strays = OURS.get();
        for (int i = 0; strays != null && i < strays.size(); i++) {
            if (strays.get(i).tid().equals(tid)) {
                return true;
            }
        }
        return false;
    }

    /** Thread {@code tid} is in the hands of another freeze. */
    static void forget(Pid tid) {
        List<SeizedThread> strays = OURS.get();
        for (int i = strays == null ? -1 : strays.size() - 1; i >= 0; i--) {
            if (strays.get(i).tid().equals(tid)) {
                strays.remove(i);
            }
        }
    }

    /** Lets go of those of the calling thread that have stopped; returns whether there are others left. */
    public static boolean release() {
        List<SeizedThread> strays = OURS.get();
        if (strays == null) {
            return false;
        }
        for (int i = strays.size() - 1; i >= 0; i--) {
            if (isSettled(strays.get(i))) {
                strays.remove(i);
            }
        }
        if (strays.isEmpty()) {
            OURS.remove();
        }
        return !strays.isEmpty();
    }

    private static boolean isSettled(SeizedThread stray) {
        try {
            if (stray.isOpen()) {
                stray.poll();
            }
            stray.detach();
            return !stray.isOpen();
        } catch (KernelException e) {
            return true;
        }
    }
}
