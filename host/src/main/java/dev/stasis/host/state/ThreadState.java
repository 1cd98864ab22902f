package dev.stasis.host.state;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.List;

/**
 * One thread.
 *
 * @param tid its number
 * @param name its comm, at most 15 bytes, as Latin-1
 * @param registers with the interrupted call's number and error still in them, so that the kernel can restart it; null for one
 *     that has ended
 * @param extendedState FPU and vector state in the standard XSAVE layout
 * @param signalMask blocked signals, bit 0 is signal 1
 * @param pending signals waiting for this thread alone, oldest first
 * @param alternateStack where signal handlers may run
 * @param robustList head of the list of robust mutexes, null when not set
 * @param robustListSize size of the head
 * @param clearChildTid what is cleared and woken when the thread ends, null when not set
 * @param rseq restartable sequences
 * @param scheduling policy, priorities, CPUs
 * @param credentials who it acts as
 * @param parentDeathSignal sent to it when its parent ends, 0 for none
 * @param timerSlack in nanoseconds
 * @param noNewPrivileges PR_GET_NO_NEW_PRIVS
 * @param seccomp how it is confined
 * @param settings what few threads have
 */
public record ThreadState(
        Pid tid,
        String name,
        Registers registers,
        byte[] extendedState,
        long signalMask,
        List<SignalInfo> pending,
        AlternateStack alternateStack,
        RemoteAddress robustList,
        long robustListSize,
        RemoteAddress clearChildTid,
        RseqRegistration rseq,
        Scheduling scheduling,
        Credentials credentials,
        int parentDeathSignal,
        long timerSlack,
        boolean noNewPrivileges,
        Seccomp seccomp,
        ThreadSettings settings) {

    /** The same with other signals waiting for it. */
    public ThreadState withPending(List<SignalInfo> waiting) {
        return new ThreadState(tid, name, registers, extendedState, signalMask, waiting, alternateStack, robustList, robustListSize,
                clearChildTid, rseq, scheduling, credentials, parentDeathSignal, timerSlack, noNewPrivileges, seccomp, settings);
    }
}
