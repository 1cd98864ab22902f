package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;

/**
 * The signal frames by which a thread finds home on its own when its tracer has died: into its own registers and signal mask, and
 * where it was kept on one CPU, with its own affinity.
 */
final class WayHome {
    private WayHome() {}

    /** The frames, to stand at {@code frame}, that lead a thread to {@code registers} and {@code mask}. */
    static byte[] frames(CallSite site, Registers registers, long mask, byte[] extended, RemoteAddress frame, byte[] cpus) {
        if (cpus.length == 0) {
            return SignalFrame.build(frame, site.restorer(), registers, mask, extended);
        }
        RemoteAddress argument = frame.plus(SignalFrame.callSize());
        RemoteAddress home = frame.plus(errandSize(cpus));
        byte[] call = SignalFrame.buildCall(site.restorer(), registers.forCall(SyscallNumber.SCHED_SETAFFINITY, site.syscall(), home,
                0, cpus.length, argument.value()));
        byte[] last = SignalFrame.build(home, site.restorer(), registers, mask, extended);
        byte[] all = new byte[errandSize(cpus) + last.length];
        System.arraycopy(call, 0, all, 0, call.length);
        System.arraycopy(cpus, 0, all, SignalFrame.callSize(), cpus.length);
        System.arraycopy(last, 0, all, errandSize(cpus), last.length);
        return all;
    }

    private static int errandSize(byte[] cpus) {
        return SignalFrame.callSize() + ((cpus.length + 15) & -16);
    }

    /** How many bytes the frames take; no {@code cpus}: the affinity stays. */
    static int size(byte[] extended, byte[] cpus) {
        return cpus.length == 0 ? SignalFrame.size(extended) : errandSize(cpus) + SignalFrame.size(extended);
    }
}
