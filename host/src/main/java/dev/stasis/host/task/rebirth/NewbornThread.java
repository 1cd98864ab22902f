package dev.stasis.host.task.rebirth;

import dev.stasis.linux.CallList;
import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.Optional;

/**
 * A thread of a process under construction, by which we have calls made: at once, or {@linkplain #later later}, many in one go.
 * All that this does to the thread comes behind what was to be made later.
 */
final class NewbornThread {
    private final Newborn process;
    private final CallQueue queue;
    private final Injection injection;

    NewbornThread(Newborn process, CallQueue queue, Injection injection) {
        this.process = process;
        this.queue = queue;
        this.injection = injection;
    }

    Pid tid() {
        return injection.tid();
    }

    /** Makes a call now, which must succeed. */
    long call(String name, int number, long... arguments) {
        queue.make();
        return injection.call(name, number, arguments);
    }

    /** Makes a call now; returns a negative errno when it failed. */
    long tryCall(int number, long... arguments) {
        queue.make();
        return injection.tryCall(number, arguments);
    }

    /** Makes a call, which must succeed, some time before the next one that is made now. @see CallList#add */
    CallList.Call later(String name, int number, Object... arguments) {
        return later(null, name, number, arguments);
    }

    /** The same; {@code outcome}, unless that is null, is told what it returned. */
    CallList.Call later(CallQueue.Outcome outcome, String name, int number, Object... arguments) {
        if (queue.takes(injection)) {
            return queue.add(injection, outcome, name, number, arguments);
        }
        CallList one = new CallList();
        CallList.Call call = one.add(name, number, arguments);
        try (NewbornCalls calls = new NewbornCalls(process, this)) {
            one.makeEach(calls);
        }
        if (outcome != null) {
            outcome.check(call.result());
        }
        one.requireDone(tid());
        return call;
    }

    /** Makes all of {@code list}, in one go if it can, in memory that {@code scope} lends. */
    void callAll(CallList list, NewbornCalls scope) {
        queue.make();
        if (queue.takes(injection)) {
            injection.callAll(list, queue.room().code(), process.memory, scope.lend(list.size()));
        } else {
            list.makeEach(scope);
        }
        list.requireDone(tid());
    }

    /** The task to which the last call that was made at once gave birth. */
    Optional<Pid> lastChild() {
        return injection.lastChild();
    }

    /** The thread as it stands; for reading and setting more of its state between calls. */
    StoppedTask task() {
        queue.make();
        return injection.task();
    }

    /** The registers that it was born with. */
    Registers home() {
        return injection.home();
    }

    /** Gives it {@code registers} and {@code mask}; no more calls are made. */
    StoppedTask end(Registers registers, long mask) {
        queue.make();
        return injection.end(registers, mask);
    }

    /** The code from which calls are made one by one is at {@code moved} now, or when what was to be made later is made. */
    void moveTo(CallSite moved) {
        injection.moveTo(moved);
    }

    /** For who takes it over as it is. */
    Injection injection() {
        queue.make();
        return injection;
    }
}
