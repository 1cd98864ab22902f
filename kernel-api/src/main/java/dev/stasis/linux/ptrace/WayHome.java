package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a thread does by itself, should this process die, before it has its own registers again: it undoes what was changed of how
 * it is scheduled while it made calls for us. Immutable.
 *
 * <p>So that may be changed as soon as {@link Injection#beginSafely} returns, and must be given back before
 * {@link Injection#end()}. At a {@link CallSite} that does not lead home nothing of that holds.
 */
public final class WayHome {
    /** Nothing but its registers, signal mask and extended state. */
    public static final WayHome STRAIGHT = new WayHome(List.of());

    private static final int PR_SET_TIMERSLACK = 29;

    private final List<Errand> errands;

    /** A call with two numbers and the address of some bytes. */
    private record Errand(int call, long first, long second, byte[] bytes) {
        int size() {
            return SignalFrame.callSize() + ((bytes.length + 15) & -16);
        }
    }

    private WayHome(List<Errand> errands) {
        this.errands = errands;
    }

    private WayHome with(Errand errand) {
        List<Errand> more = new ArrayList<>(errands);
        more.add(errand);
        return new WayHome(more);
    }

    /** This one, on which it also lets itself run on {@code cpus}, one bit each, lowest first. @see sched_setaffinity(2) */
    public WayHome withAffinity(byte[] cpus) {
        return with(new Errand(SyscallNumber.SCHED_SETAFFINITY, 0, cpus.length, cpus));
    }

    /** This one, on which it also takes back {@code policy}, none of the real-time ones. @see sched_setscheduler(2) */
    public WayHome withPolicy(int policy) {
        return with(new Errand(SyscallNumber.SCHED_SETSCHEDULER, 0, policy, new byte[Integer.BYTES]));
    }

    /**
     * This one, on which it also gives itself a timer slack of {@code nanos}: a thread that had a real-time policy meanwhile has
     * lost it. @see prctl(2) PR_SET_TIMERSLACK
     */
    public WayHome withTimerSlack(long nanos) {
        return with(new Errand(SyscallNumber.PRCTL, PR_SET_TIMERSLACK, nanos, new byte[0]));
    }

    /** How many bytes the frames take for a thread with this extended state. */
    public int frameSize(byte[] extended) {
        int size = SignalFrame.size(extended);
        for (int i = 0; i < errands.size(); i++) {
            size += errands.get(i).size();
        }
        return size;
    }

    /** The frames, to stand at {@code frame}, of a thread that is to have the other three again. */
    byte[] frames(CallSite site, Registers registers, long mask, byte[] extended, RemoteAddress frame) {
        ByteBuffer all = ByteBuffer.allocate(frameSize(extended)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < errands.size(); i++) {
            Errand errand = errands.get(i);
            RemoteAddress argument = frame.plus(all.position() + SignalFrame.callSize());
            RemoteAddress next = frame.plus(all.position() + errand.size());
            int end = all.position() + errand.size();
            all.put(SignalFrame.buildCall(site.restorer(),
                    registers.forCall(errand.call, site.syscall(), next, errand.first, errand.second, argument.value())));
            all.put(errand.bytes);
            all.position(end);
        }
        return all.put(SignalFrame.build(frame.plus(all.position()), site.restorer(), registers, mask, extended)).array();
    }
}
