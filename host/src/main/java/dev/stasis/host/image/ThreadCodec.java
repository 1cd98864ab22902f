package dev.stasis.host.image;

import com.google.protobuf.UnsafeByteOperations;
import dev.stasis.host.image.proto.core_entry;
import dev.stasis.host.image.proto.rseq_entry;
import dev.stasis.host.image.proto.seccomp_entry;
import dev.stasis.host.image.proto.stasis_sched_entry;
import dev.stasis.host.image.proto.thread_core_entry;
import dev.stasis.host.image.proto.thread_info_x86;
import dev.stasis.host.image.proto.thread_sas_entry;
import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.RseqRegistration;
import java.util.List;

/** What a {@code core-TID.img} says of a thread. A thread that has ended has no registers. */
final class ThreadCodec {
    private static final byte[] NO_STATE = {};

    private ThreadCodec() {}

    /** Adds {@code thread} to {@code core}. */
    static void write(ThreadState thread, SeccompCodec seccomp, core_entry.Builder core) {
        if (thread.registers() != null) {
            core.setThreadInfo(processor(thread));
        }
        core.setThreadCore(thread(thread, seccomp));
    }

    private static thread_info_x86 processor(ThreadState thread) {
        return thread_info_x86.newBuilder()
                .setClearTidAddr(value(thread.clearChildTid()))
                .setGpregs(RegistersCodec.write(thread.registers()))
                .setFpregs(ExtendedStateCodec.view(thread.extendedState()))
                .setStasisXsave(ExtendedStateCodec.sparse(thread.extendedState()))
                .build();
    }

    private static thread_core_entry thread(ThreadState thread, SeccompCodec seccomp) {
        thread_core_entry.Builder entry = thread_core_entry.newBuilder()
                .setFutexRla(value(thread.robustList()))
                .setFutexRlaLen((int) thread.robustListSize())
                .setComm(CommandName.text(thread.name()));
        if (!CommandName.isAscii(thread.name())) {
            entry.setStasisComm(CommandName.bytes(thread.name()));
        }
        if (thread.credentials() != null) {
            addState(thread, entry);
            seccomp.write(thread.seccomp(), entry);
        }
        return entry.build();
    }

    private static void addState(ThreadState thread, thread_core_entry.Builder entry) {
        entry.setBlkSigset(thread.signalMask())
                .setPdeathSig(thread.parentDeathSignal())
                .setSignalsP(SignalCodec.queue(thread.pending()))
                .setCreds(CredentialsCodec.write(thread.credentials()))
                .setStasisTimerSlack(thread.timerSlack())
                .setStasisNoNewPrivs(thread.noNewPrivileges());
        if (!thread.settings().equals(ThreadSettings.USUAL)) {
            entry.setStasisSettings(PolicyCodec.write(thread.settings()));
        }
        if (thread.alternateStack() != null) {
            entry.setSas(alternateStack(thread.alternateStack()));
        }
        if (thread.rseq() != null && thread.rseq().area() != null) {
            entry.setRseqEntry(rseq(thread.rseq()));
        }
        scheduling(thread.scheduling(), entry);
    }

    private static thread_sas_entry alternateStack(AlternateStack stack) {
        return thread_sas_entry.newBuilder()
                .setSsSp(stack.base().value())
                .setSsSize(stack.size())
                .setSsFlags(stack.flags())
                .build();
    }

    private static rseq_entry rseq(RseqRegistration rseq) {
        return rseq_entry.newBuilder()
                .setRseqAbiPointer(rseq.area().value())
                .setRseqAbiSize(rseq.size())
                .setSignature(rseq.signature())
                .setStasisFlags(rseq.flags())
                .build();
    }

    private static void scheduling(Scheduling scheduling, thread_core_entry.Builder entry) {
        entry.setSchedNice(scheduling.nice())
                .setSchedPolicy(scheduling.policy())
                .setSchedPrio(scheduling.priority())
                .setStasisSched(stasis_sched_entry.newBuilder()
                        .setFlags(scheduling.flags())
                        .setRuntime(scheduling.runtime())
                        .setDeadline(scheduling.deadline())
                        .setPeriod(scheduling.period())
                        .setIoprio(scheduling.ioPriority())
                        .setCpus(UnsafeByteOperations.unsafeWrap(scheduling.cpus())));
    }

    /** The thread {@code tid} that {@code core} tells of. */
    static ThreadState read(Pid tid, core_entry core, seccomp_entry filters) {
        thread_core_entry entry = core.getThreadCore();
        String name = entry.hasStasisComm() ? CommandName.of(entry.getStasisComm()) : entry.getComm();
        if (!core.hasThreadInfo()) {
            return entry.hasCreds() ? ended(tid, name, entry, filters) : new ThreadState(tid, name, null, NO_STATE, 0, List.of(),
                    null, null, 0, null, null, null, null, 0, 0, false, Seccomp.UNCONFINED, ThreadSettings.USUAL);
        }
        thread_info_x86 info = core.getThreadInfo();
        return new ThreadState(tid, name, RegistersCodec.read(info.getGpregs()),
                ExtendedStateCodec.full(info.getStasisXsave()), entry.getBlkSigset(),
                SignalCodec.queue(entry.getSignalsP()), alternateStack(entry), address(entry.getFutexRla()),
                entry.getFutexRlaLen() & 0xffffffffL, address(info.getClearTidAddr()), rseq(entry), scheduling(entry),
                CredentialsCodec.read(entry.getCreds()), entry.getPdeathSig(), entry.getStasisTimerSlack(),
                entry.getStasisNoNewPrivs(), SeccompCodec.read(entry, filters),
                entry.hasStasisSettings() ? PolicyCodec.read(entry.getStasisSettings()) : ThreadSettings.USUAL);
    }

    private static ThreadState ended(Pid tid, String name, thread_core_entry entry, seccomp_entry filters) {
        return new ThreadState(tid, name, null, NO_STATE, entry.getBlkSigset(), SignalCodec.queue(entry.getSignalsP()), null, null,
                0, null, null, scheduling(entry), CredentialsCodec.read(entry.getCreds()), 0, entry.getStasisTimerSlack(),
                entry.getStasisNoNewPrivs(), SeccompCodec.read(entry, filters), ThreadSettings.USUAL);
    }

    private static AlternateStack alternateStack(thread_core_entry entry) {
        thread_sas_entry stack = entry.getSas();
        return entry.hasSas()
                ? new AlternateStack(new RemoteAddress(stack.getSsSp()), stack.getSsSize(), stack.getSsFlags())
                : null;
    }

    private static RseqRegistration rseq(thread_core_entry entry) {
        rseq_entry rseq = entry.getRseqEntry();
        return new RseqRegistration(address(rseq.getRseqAbiPointer()), rseq.getRseqAbiSize(), rseq.getSignature(),
                rseq.getStasisFlags());
    }

    private static Scheduling scheduling(thread_core_entry entry) {
        stasis_sched_entry more = entry.getStasisSched();
        return new Scheduling(entry.getSchedPolicy(), more.getFlags(), entry.getSchedNice(), entry.getSchedPrio(),
                more.getRuntime(), more.getDeadline(), more.getPeriod(), more.getIoprio(), more.getCpus().toByteArray());
    }

    private static long value(RemoteAddress address) {
        return address == null ? 0 : address.value();
    }

    private static RemoteAddress address(long value) {
        return value == 0 ? null : new RemoteAddress(value);
    }
}
