package dev.stasis.host.image;

import com.google.protobuf.UnsafeByteOperations;
import dev.stasis.host.image.proto.sa_entry;
import dev.stasis.host.image.proto.siginfo_entry;
import dev.stasis.host.image.proto.signal_queue_entry;
import dev.stasis.host.image.proto.task_core_entry;
import dev.stasis.host.state.SignalAction;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.ArrayList;
import java.util.List;

/** Signal actions and waiting signals. */
final class SignalCodec {
    private static final int SIGNALS = 64;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final sa_entry DEFAULT =
            sa_entry.newBuilder().setSigaction(0).setFlags(0).setRestorer(0).setMask(0).build();

    private SignalCodec() {}

    /** Adds an action for every signal that can have one to {@code core}. */
    static void write(List<SignalAction> actions, task_core_entry.Builder core) {
        sa_entry[] entries = new sa_entry[SIGNALS + 1];
        for (SignalAction action : actions) {
            if (!canHaveAction(action.signal())) {
                throw new IllegalArgumentException("signal " + action.signal() + " has no action");
            }
            entries[action.signal()] = entry(action);
        }
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (canHaveAction(signal)) {
                core.addSigactions(entries[signal] == null ? DEFAULT : entries[signal]);
            }
        }
    }

    private static boolean canHaveAction(int signal) {
        return signal >= 1 && signal <= SIGNALS && signal != SIGKILL && signal != SIGSTOP;
    }

    private static sa_entry entry(SignalAction action) {
        return sa_entry.newBuilder()
                .setSigaction(action.handler())
                .setFlags(action.flags())
                .setRestorer(action.restorer())
                .setMask(action.mask())
                .build();
    }

    /** The actions of {@code entries} that are not the default one. */
    static List<SignalAction> read(List<sa_entry> entries) {
        MalformedImage.unless(entries.size() == SIGNALS - 2, "it has actions for " + entries.size() + " signals, not 62");
        List<SignalAction> actions = new ArrayList<>();
        int signal = 0;
        for (sa_entry entry : entries) {
            do {
                signal++;
            } while (!canHaveAction(signal));
            if ((entry.getSigaction() | entry.getFlags() | entry.getRestorer() | entry.getMask()) != 0) {
                actions.add(new SignalAction(
                        signal, entry.getSigaction(), entry.getFlags(), entry.getRestorer(), entry.getMask()));
            }
        }
        return actions;
    }

    /** Waiting signals as a message. */
    static signal_queue_entry queue(List<SignalInfo> pending) {
        signal_queue_entry.Builder queue = signal_queue_entry.newBuilder();
        for (SignalInfo info : pending) {
            queue.addSignals(siginfo_entry.newBuilder().setSiginfo(UnsafeByteOperations.unsafeWrap(info.bytes())));
        }
        return queue.build();
    }

    /** The waiting signals of {@code queue}. */
    static List<SignalInfo> queue(signal_queue_entry queue) {
        List<SignalInfo> pending = new ArrayList<>(queue.getSignalsCount());
        for (siginfo_entry entry : queue.getSignalsList()) {
            pending.add(new SignalInfo(entry.getSiginfo().toByteArray()));
        }
        return pending;
    }
}
