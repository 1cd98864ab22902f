package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Gives one task its interval timers and POSIX timers, which run from then on. */
final class Timers {
    private static final int PR_TIMER_CREATE_RESTORE_IDS = 77;
    private static final int SIGEVENT = 64;
    private static final long MICROS = 1_000_000L;
    private static final long NANOS = 1_000_000_000L;

    private final Newborn task;

    Timers(Newborn task) {
        this.task = task;
    }

    /** Makes the POSIX timers, not armed yet. All threads must exist. */
    void create() {
        if (task.state.posixTimers().isEmpty()) {
            return;
        }
        boolean exact = task.leader().tryCall(SyscallNumber.PRCTL, PR_TIMER_CREATE_RESTORE_IDS, 1, 0, 0, 0) == 0;
        for (PosixTimer timer : task.state.posixTimers()) {
            create(timer, exact);
        }
        if (exact) {
            task.call("prctl PR_TIMER_CREATE_RESTORE_IDS", SyscallNumber.PRCTL, PR_TIMER_CREATE_RESTORE_IDS, 0, 0, 0, 0);
        }
    }

    /** An older kernel gives ids in ascending order: those before the wanted one are made and deleted again. */
    private void create(PosixTimer timer, boolean exact) {
        int mark = task.arena.mark();
        long event = task.arena.put(Arena.structure(SIGEVENT).putLong(0, timer.value().value()).putInt(8, timer.signal())
                .putInt(12, timer.notification()).putInt(16, timer.thread()));
        int id = timer.id() - 1;
        while (id < timer.id()) {
            id = create(timer, event);
            if (id < timer.id()) {
                task.call("timer_delete", SyscallNumber.TIMER_DELETE, id);
            }
        }
        if (id != timer.id()) {
            throw new KernelException("timer_create", "timer " + timer.id() + " of task " + task.pid() + " became " + id
                    + (exact ? "" : " (this kernel cannot give ids)"), Errno.EEXIST);
        }
        task.arena.reset(mark);
    }

    private int create(PosixTimer timer, long event) {
        RemoteAddress id = task.arena.put(Arena.structure(8).putInt(0, timer.id()).array());
        task.call("timer_create", SyscallNumber.TIMER_CREATE, timer.clock(), event, id.value());
        return ByteBuffer.wrap(task.memory.read(id, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    }

    /** Arms all timers: they run from now on, although the task does not. */
    void arm() {
        for (PosixTimer timer : task.state.posixTimers()) {
            if (isArmed(timer.valueNanos(), timer.intervalNanos())) {
                call("timer_settime", SyscallNumber.TIMER_SETTIME, timer.id(), NANOS, timer.intervalNanos(), timer.valueNanos());
            }
        }
        for (IntervalTimer timer : task.state.intervalTimers()) {
            if (isArmed(timer.valueMicros(), timer.intervalMicros())) {
                call("setitimer", SyscallNumber.SETITIMER, timer.which(), MICROS, timer.intervalMicros(), timer.valueMicros());
            }
        }
    }

    private static boolean isArmed(long value, long interval) {
        return value != 0 || interval != 0;
    }

    private void call(String name, int number, int timer, long unit, long interval, long value) {
        byte[] setting = Arena.structure(32).putLong(0, interval / unit).putLong(8, interval % unit)
                .putLong(16, value / unit).putLong(24, value % unit).array();
        if (number == SyscallNumber.SETITIMER) {
            task.later(name, number, timer, setting, 0);
        } else {
            task.later(name, number, timer, 0, setting, 0);
        }
    }
}
