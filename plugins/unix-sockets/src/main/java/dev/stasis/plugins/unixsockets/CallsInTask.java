package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.CallList;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Calls that a process of the tree makes, which has no descriptors yet and is left with none. */
final class CallsInTask extends PeerCalls {
    private final RemoteCalls calls;
    private final RemoteAddress room;
    private final Fd pidfd;
    private final List<Integer> open = new ArrayList<>();
    private CallList list = new CallList();
    private byte[] results = {};

    /** Of the task of {@code calls}, which is closed with this. */
    CallsInTask(RemoteCalls calls, Credentials wanted, Credentials ours) {
        super(wanted, ours);
        this.calls = calls;
        this.room = calls.lend(RESULTS);
        this.pidfd = ProcessCalls.pidfd(calls.task());
    }

    @Override
    Object add(String name, int number, Object... arguments) {
        return list.add(name, number, arguments);
    }

    @Override
    void run() {
        CallList made = list;
        list = new CallList();
        calls.callAll(made);
        results = calls.read(room, RESULTS);
    }

    @Override
    int result(Object call) {
        return (int) ((CallList.Call) call).result();
    }

    @Override
    long results() {
        return room.value();
    }

    @Override
    int resultAt(int offset) {
        return ByteBuffer.wrap(results).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    @Override
    int give(Fd file) {
        int number = calls.receive(file).number();
        open.add(number);
        return number;
    }

    @Override
    Fd take(int number) {
        // Closed by one of the next calls.
        list.add("close", SyscallNumber.CLOSE, number);
        return ProcessCalls.fetch(pidfd, new RemoteFd(calls.task(), number));
    }

    @Override
    public void close() {
        try {
            for (int number : open) {
                list.add("close", SyscallNumber.CLOSE, number);
            }
            if (!list.isEmpty()) {
                calls.callAll(list);
            }
        } finally {
            pidfd.close();
            calls.close();
        }
    }
}
