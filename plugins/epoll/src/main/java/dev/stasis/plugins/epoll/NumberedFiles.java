package dev.stasis.plugins.epoll;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.ProcessCalls;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes calls on items of epoll instances, which the kernel knows by a file and the number that it has for the caller. So a child is
 * started whose descriptor table is its own and empty, and that takes each file from where it is and puts it under the number that
 * is wanted: no table of anybody else changes, and no number is in the way. The child makes its calls to the last one, whatever
 * becomes of this process.
 *
 * <p>Put together first, then {@linkplain #run run} once. Descriptors are borrowed until then.
 */
final class NumberedFiles {
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int RLIMIT_NOFILE = 7;
    /** Up to so many numbers it is cheaper to fill a gap than to move what was put in front of it. */
    private static final int SMALL_GAP = 3;

    private final CallSequence calls = new CallSequence();
    private final List<CallSequence.Step> made = new ArrayList<>();
    private final List<Object> kept = new ArrayList<>();
    /** The numbers that the child has in use at this point. */
    private final Numbers used = new Numbers();
    private final int ourselves;
    private final int process;
    private final int instance;
    /** A step that jumps to the next one made, if it fails. */
    private CallSequence.Step unlinked;

    /** Files will be put under {@code numbers} and no others. */
    NumberedFiles(Numbers numbers) {
        ourselves = numbers.lowestMissing(1);
        process = numbers.lowestMissing(ourselves + 1);
        instance = numbers.lowestMissing(process + 1);
        call("close_range", SyscallNumber.CLOSE_RANGE, 0, -1L >>> 32, CLOSE_RANGE_UNSHARE);
        allow(Math.max(instance, numbers.highest()) + 16L);
        call("pidfd_open", SyscallNumber.PIDFD_OPEN, ProcessCalls.self().number(), 0);
        move(0, ourselves);
    }

    /** Its own limit, which others do not have. */
    private void allow(long count) {
        long[] limits = LimitCalls.limit(ProcessCalls.self(), RLIMIT_NOFILE);
        if (Long.compareUnsigned(limits[0], count) < 0) {
            NativeMemory limit = NativeMemory.allocate(16).putLong(0, count)
                    .putLong(8, Long.compareUnsigned(limits[1], count) < 0 ? count : limits[1]);
            kept.add(limit);
            call("prlimit64", SyscallNumber.PRLIMIT64, 0, RLIMIT_NOFILE, limit.address(), 0).whatever();
        }
    }

    /** The items that follow are those of {@code descriptor}, an instance in this process. */
    void in(Fd descriptor) {
        kept.add(descriptor);
        take(ourselves, descriptor.number(), instance);
    }

    /** The files that follow are taken from the process behind {@code pidfd}. */
    void from(Fd pidfd) {
        kept.add(pidfd);
        take(ourselves, pidfd.number(), process);
    }

    /** Puts descriptor {@code source} of the process that was told last under {@code number}. */
    void putTheirs(int source, int number) {
        take(process, source, number);
    }

    /** Puts {@code file} of this process under {@code number}. */
    void put(Fd file, int number) {
        kept.add(file);
        take(ourselves, file.number(), number);
    }

    /** Adds what is under {@code number} to the instance; if that fails nothing more is done. */
    CallSequence.Step add(int number, NativeMemory event, int offset) {
        if (kept.get(kept.size() - 1) != event) {
            kept.add(event);
        }
        return call("epoll_ctl EPOLL_CTL_ADD", SyscallNumber.EPOLL_CTL, instance, EpollCalls.ADD, number, event.address() + offset);
    }

    /**
     * Whether the instance has what is under {@code number} as an item under this number, which the kernel tells by refusing to add it
     * (EEXIST). Should it add it, it is taken out again at once.
     */
    CallSequence.Step probe(int number, NativeMemory event) {
        CallSequence.Step probe = add(number, event, 0);
        call("epoll_ctl EPOLL_CTL_DEL", SyscallNumber.EPOLL_CTL, instance, EpollCalls.DELETE, number, event.address()).whatever();
        unlinked = probe;
        return probe;
    }

    private void take(int from, int source, int number) {
        int lands = used.lowestMissing(0);
        while (lands < number && number - lands <= SMALL_GAP) {
            call("dup2", SyscallNumber.DUP2, ourselves, lands);
            used.add(lands);
            lands = used.lowestMissing(lands);
        }
        call("pidfd_getfd", SyscallNumber.PIDFD_GETFD, from, source, 0);
        if (lands == number) {
            used.add(number);
        } else {
            move(lands, number);
        }
    }

    private void move(int from, int to) {
        call("dup2", SyscallNumber.DUP2, from, to);
        call("close", SyscallNumber.CLOSE, from);
        used.add(to);
    }

    private CallSequence.Step call(String name, int number, Object... arguments) {
        CallSequence.Step step = calls.call(name, "a child of this process", number, arguments);
        made.add(step);
        if (unlinked != null) {
            unlinked.onFailure(step);
            unlinked = null;
        }
        return step;
    }

    /** The first call that kept those behind it from being made; null when there is none, or no call was made. */
    KernelException failure() {
        for (int i = 0; i < made.size(); i++) {
            if (made.get(i).failure() != null) {
                return made.get(i).failure();
            }
        }
        return null;
    }

    /** Makes the calls. */
    void run() {
        if (unlinked != null) {
            unlinked.onFailure(calls.mark());
        }
        calls.run();
        Reference.reachabilityFence(kept);
    }
}
