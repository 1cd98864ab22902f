package dev.stasis.host.task.read;

import dev.stasis.host.state.SignalAction;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.TaskStatus;
import java.util.ArrayList;
import java.util.List;

/** Reads what signals do in a process. Only those are asked for that /proc/PID/status shows as caught or ignored. */
final class SignalReader {
    private static final int SIGNALS = 64;
    private static final int SIGCHLD = 17;
    private static final int ACTION = 32;
    private static final int MASK = 8;

    private SignalReader() {}

    /** The actions that are not the default one, by signal. SIGCHLD is always asked for, because flags change its default. */
    static List<SignalAction> actions(RemoteCalls calls, TaskStatus status) {
        long wanted = status.caught() | status.ignored() | 1L << (SIGCHLD - 1);
        int count = Long.bitCount(wanted);
        RemoteAddress answers = calls.lend(count * ACTION);
        int slot = 0;
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if ((wanted & 1L << (signal - 1)) != 0) {
                calls.call(SyscallNumber.RT_SIGACTION, signal, 0, answers.plus((long) slot * ACTION).value(), MASK);
                slot++;
            }
        }
        return decode(calls.read(answers, count * ACTION), wanted);
    }

    private static List<SignalAction> decode(byte[] bytes, long wanted) {
        List<SignalAction> actions = new ArrayList<>();
        int at = 0;
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if ((wanted & 1L << (signal - 1)) != 0) {
                SignalAction action = new SignalAction(signal, Bytes.longAt(bytes, at), Bytes.longAt(bytes, at + 8),
                        Bytes.longAt(bytes, at + 16), Bytes.longAt(bytes, at + 24));
                if ((action.handler() | action.flags() | action.restorer() | action.mask()) != 0) {
                    actions.add(action);
                }
                at += ACTION;
            }
        }
        return actions;
    }
}
