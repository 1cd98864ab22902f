package dev.stasis.host.task.read;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;

/** prctl(2) made by a frozen thread: the answers that only the thread itself gets. */
final class ControlCalls {
    static final int GET_PARENT_DEATH_SIGNAL = 2;
    static final int GET_DUMPABLE = 3;
    static final int GET_TIME_STAMP_COUNTER = 25;
    static final int GET_SECURE_BITS = 27;
    static final int GET_TIMER_SLACK = 30;
    static final int GET_CHILD_SUBREAPER = 37;
    static final int GET_TID_ADDRESS = 40;
    static final int GET_HUGE_PAGES_DISABLED = 42;

    private final RemoteCalls calls;
    private final RemoteAddress answer;

    ControlCalls(RemoteCalls calls) {
        this.calls = calls;
        this.answer = calls.lend(Long.BYTES);
    }

    /** The answer of an option that returns it. */
    long returned(int option) {
        return calls.call(SyscallNumber.PRCTL, option, 0, 0, 0, 0);
    }

    /** The answer of an option that writes an {@code int}. */
    int writtenInt(int option) {
        calls.call(SyscallNumber.PRCTL, option, answer.value());
        return Bytes.intAt(calls.read(answer, Integer.BYTES), 0);
    }

    /** The answer of an option that writes a {@code long}. */
    long writtenLong(int option) {
        calls.call(SyscallNumber.PRCTL, option, answer.value());
        return Bytes.longAt(calls.read(answer, Long.BYTES), 0);
    }
}
