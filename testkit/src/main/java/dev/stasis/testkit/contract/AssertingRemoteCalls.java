package dev.stasis.testkit.contract;

import dev.stasis.linux.CallList;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import java.util.function.Supplier;

/** A scope of remote calls that knows whether it was closed, after which nothing of it may be used. */
final class AssertingRemoteCalls implements RemoteCalls {
    private final RemoteCalls calls;
    private final CallScope scope;
    private boolean closed;

    private AssertingRemoteCalls(RemoteCalls calls, CallScope scope) {
        this.calls = calls;
        this.scope = scope;
    }

    /** Opens one after {@code last}, which must be closed; null when there was none. */
    static AssertingRemoteCalls open(AssertingRemoteCalls last, CallScope scope, Supplier<RemoteCalls> calls) {
        if (last != null && !last.closed) {
            throw new AssertionError(scope.current() + " opens a scope of remote calls before it closed the last one");
        }
        return new AssertingRemoteCalls(calls.get(), scope);
    }

    /** Fails if {@code last} was left open. */
    static void requireClosed(AssertingRemoteCalls last, CallScope scope) {
        if (last != null && !last.closed) {
            throw new AssertionError(scope.current() + " left a scope of remote calls open");
        }
    }

    private RemoteCalls open() {
        scope.require("RemoteCalls");
        if (closed) {
            throw new AssertionError(scope.current() + " uses a scope of remote calls that it closed");
        }
        return calls;
    }

    @Override
    public Pid task() {
        return calls.task();
    }

    @Override
    public long call(int number, long... arguments) {
        return open().call(number, arguments);
    }

    @Override
    public long tryCall(int number, long... arguments) {
        return open().tryCall(number, arguments);
    }

    @Override
    public void callAll(CallList list) {
        open().callAll(list);
    }

    @Override
    public RemoteAddress lend(byte[] bytes) {
        return open().lend(bytes);
    }

    @Override
    public RemoteAddress lend(int size) {
        return open().lend(size);
    }

    @Override
    public byte[] read(RemoteAddress address, int length) {
        return open().read(address, length);
    }

    @Override
    public RemoteFd receive(Fd file) {
        return open().receive(file);
    }

    @Override
    public void close() {
        closed = true;
        calls.close();
    }
}
