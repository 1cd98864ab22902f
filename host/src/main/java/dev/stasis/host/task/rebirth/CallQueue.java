package dev.stasis.host.task.rebirth;

import dev.stasis.linux.CallList;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.LoopSite;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls that a process under construction is still to make. They are made in one go: when a call is wanted at once, when another
 * thread is to make the next one, or when somebody is about to look at the process from outside and {@linkplain #make says so}.
 * Until then nothing that they refer to may be closed. A process that must not get a SIGTRAP makes each call at once.
 */
final class CallQueue {
    /** The most that one call adds beside the bytes that it lends. */
    private static final int CALL_SIZE = 7 * 80;

    /** Looks at what a call returned. */
    interface Outcome {

        /** {@code result} is a negative errno when the call failed: then it throws, and so it may if it succeeded. */
        void check(long result);
    }

    /** Where there is room for the calls of a process. */
    record Room(LoopSite code, RemoteAddress start, int size) {}

    private record Awaited(CallList.Call call, Outcome outcome) {}

    private final RemoteMemory memory;
    private Room room;
    private CallList list = new CallList();
    private final List<Awaited> awaited = new ArrayList<>();
    private Injection caller;

    /** In {@code memory}; with {@code room} null each call is made at once. */
    CallQueue(RemoteMemory memory, Room room) {
        this.memory = memory;
        this.room = room;
    }

    Room room() {
        return room;
    }

    void room(Room found) {
        room = found;
    }

    /** Whether nothing is left to be made. */
    boolean isEmpty() {
        return list.isEmpty();
    }

    /** Whether {@code thread} can make calls in one go. */
    boolean takes(Injection thread) {
        return room != null && thread.isStepping();
    }

    /** Has {@code thread}, which is {@linkplain #takes taken}, make a call later, see {@link CallList#add}; {@code outcome} may be null. */
    CallList.Call add(Injection thread, Outcome outcome, String name, int number, Object... arguments) {
        int size = CALL_SIZE;
        for (Object argument : arguments) {
            size += argument instanceof byte[] bytes ? bytes.length + 16 : 0;
        }
        if (thread != caller || list.size() + size > room.size()) {
            make();
            caller = thread;
        }
        CallList.Call call = list.add(name, number, arguments);
        if (outcome != null) {
            awaited.add(new Awaited(call, outcome));
        }
        return call;
    }

    /** Has all calls made that are left. */
    void make() {
        if (list.isEmpty()) {
            return;
        }
        CallList made = list;
        List<Awaited> results = List.copyOf(awaited);
        list = new CallList();
        awaited.clear();
        caller.callAll(made, room.code(), memory, room.start());
        for (Awaited one : results) {
            if (one.call().isMade()) {
                one.outcome().check(one.call().result());
            }
        }
        made.requireDone(caller.tid());
    }
}
