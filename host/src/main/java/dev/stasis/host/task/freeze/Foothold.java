package dev.stasis.host.task.freeze;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.spi.StasisException;

/**
 * Memory of a process that nobody uses: room for the signal frame that leads a thread home, and for arguments of calls. It is
 * the far end of a stack, which by the rules of the platform belongs to nobody as long as the stack pointer is above it. So
 * nothing has to be mapped, and nothing is left behind should this process die.
 *
 * @param start first byte, 16-aligned
 * @param frameSize bytes for the frame, at the start
 * @param lendSize bytes behind it for arguments
 */
record Foothold(RemoteAddress start, int frameSize, int lendSize) {
    private static final int LEND = 1 << 14;
    /** What stays free below the stack pointer, whatever the thread or a signal handler may have written there. */
    static final int MARGIN = 1 << 13;
    /** A stack no larger than this has no room for the above; signal handlers find as little there. */
    private static final int SMALL_STACK = 1 << 16;
    private static final int SMALL_LEND = 1 << 10;
    private static final int SMALL_MARGIN = 1 << 10;
    private static final int READABLE_AND_WRITABLE = MemoryArea.READ | MemoryArea.WRITE;

    /** A place in {@code task} for calls made by {@code thread}; throws {@link StasisException} when it has none. */
    static Foothold choose(FrozenTask task, FrozenThread thread, Tether tether) {
        int frame = (tether.wayHome().frameSize(thread.extendedState()) + 15) & -16;
        Foothold found = find(task, thread, frame);
        if (found == null && task.growMainStack(thread.registers().stack(), frame + LEND + 2L * MARGIN)) {
            found = find(task, thread, frame);
        }
        if (found == null) {
            throw new StasisException(Preflight.problem(FreezeError.NO_STACK_ROOM, task.pid(), "thread " + thread.tid()
                    + " has no room on its stack (" + thread.registers().stack() + "), so that it cannot be asked for its state",
                    "try again when it does something else"));
        }
        return found;
    }

    private static Foothold find(FrozenTask task, FrozenThread thread, int frame) {
        MainStack stack = task.mainStack();
        return stack.isFree(task.memory(), frame + LEND) ? new Foothold(stack.start(), frame, LEND)
                : belowOwnStack(task, thread, frame);
    }

    static boolean isUsable(MemoryArea area) {
        return !area.shared() && (area.protection() & READABLE_AND_WRITABLE) == READABLE_AND_WRITABLE;
    }

    /**
     * Below the thread's own stack pointer, when so much is free there that it can be no stack of a coroutine; or so little of the
     * stack is there at all that it must do with less; null when there is no such place.
     */
    private static Foothold belowOwnStack(FrozenTask task, FrozenThread thread, int frame) {
        RemoteAddress top = thread.registers().stack();
        for (MemoryArea area : task.areas()) {
            if (!area.contains(top) || !isUsable(area)) {
                continue;
            }
            long free = top.value() - area.start().value();
            if (free >= frame + LEND + 2L * MARGIN) {
                return below(top, MARGIN, frame, LEND);
            }
            if (area.length() <= SMALL_STACK && free >= frame + SMALL_LEND + 2L * SMALL_MARGIN) {
                return below(top, SMALL_MARGIN, frame, SMALL_LEND);
            }
        }
        return null;
    }

    private static Foothold below(RemoteAddress top, int margin, int frame, int lend) {
        return new Foothold(new RemoteAddress((top.value() - margin - lend - frame) & -16L), frame, lend);
    }
}
