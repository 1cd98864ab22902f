package dev.stasis.testkit.contract;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The calls of a plugin that are going on. What the host hands to a plugin works during a call and on the thread of the run,
 * and at no other time: a plugin that keeps a context and uses it later, or elsewhere, fails here instead of by chance.
 */
final class CallScope {
    private final Deque<String> calls = new ArrayDeque<>();
    private Thread thread = Thread.currentThread();

    /** A new run begins, in this thread. */
    void begin() {
        if (calls.isEmpty()) {
            thread = Thread.currentThread();
        }
    }

    /** Begins {@code name}, the name of a method and what it is about. */
    void enter(String name) {
        onThread(name);
        calls.push(name);
    }

    /** Ends the innermost one. */
    void leave() {
        calls.pop();
    }

    /** Fails unless a call is going on, in this thread. */
    void require(String use) {
        onThread(use);
        if (calls.isEmpty()) {
            throw new AssertionError(use + " is used although no call to the plugin is going on");
        }
    }

    private void onThread(String use) {
        if (Thread.currentThread() != thread) {
            throw new AssertionError(use + " comes from thread " + Thread.currentThread().getName() + ", not from that of the run, "
                    + thread.getName());
        }
    }

    /** The innermost call, for messages. */
    String current() {
        return calls.isEmpty() ? "no call" : calls.peek();
    }
}
