package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.ptrace.RemoteMemory;

/**
 * The stack that a process began with, and how much of its far end nobody uses. Looked for once for all of its threads, which
 * may be thousands.
 */
final class MainStack {
    private static final MainStack NONE = new MainStack(null, 0, false);

    private final MemoryArea area;
    private final long free;
    private final boolean used;

    private MainStack(MemoryArea area, long free, boolean used) {
        this.area = area;
        this.free = free;
        this.used = used;
    }

    /** That of {@code task}, as its threads stand. */
    static MainStack of(FrozenTask task) {
        for (MemoryArea area : task.areas()) {
            if (area.isNamed("[stack]") && Foothold.isUsable(area)) {
                return of(task, area);
            }
        }
        return NONE;
    }

    private static MainStack of(FrozenTask task, MemoryArea area) {
        long free = area.length();
        boolean used = false;
        for (FrozenThread thread : task.frozenThreads()) {
            RemoteAddress top = thread.registers().stack();
            if (area.contains(top)) {
                used = true;
                free = Math.min(free, top.value() - area.start().value() - Foothold.MARGIN);
            }
        }
        return new MainStack(area, free, used);
    }

    /** Whether {@code address} is in it. */
    boolean contains(RemoteAddress address) {
        return area != null && area.contains(address);
    }

    /** Its far end; there must be one. */
    RemoteAddress start() {
        return area.start();
    }

    /** Whether its first {@code size} bytes are below every stack pointer in it; with none in it, whether never touched. */
    boolean isFree(RemoteMemory memory, int size) {
        return area != null && free >= size && (used || isZero(memory, size));
    }

    private boolean isZero(RemoteMemory memory, int size) {
        try {
            for (byte b : memory.read(area.start(), size)) {
                if (b != 0) {
                    return false;
                }
            }
            return true;
        } catch (KernelException e) {
            return false;
        }
    }
}
