package dev.stasis.host.task.rebirth;

import dev.stasis.linux.CallList;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import java.util.ArrayList;
import java.util.List;

/** The scope in which plugins make calls in a task under construction. */
final class NewbornCalls implements RemoteCalls {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private final Newborn task;
    private final NewbornThread thread;
    private final int mark;
    private final List<long[]> mapped = new ArrayList<>();

    /** Made by the leader of {@code task}. */
    NewbornCalls(Newborn task) {
        this(task, task.leader());
    }

    /** Made by {@code thread} of {@code task}. */
    NewbornCalls(Newborn task, NewbornThread thread) {
        task.settle();
        this.task = task;
        this.thread = thread;
        this.mark = task.arena.mark();
    }

    @Override
    public Pid task() {
        return task.pid();
    }

    @Override
    public long call(int number, long... arguments) {
        return thread.call("call " + number, number, arguments);
    }

    @Override
    public long tryCall(int number, long... arguments) {
        return thread.tryCall(number, arguments);
    }

    @Override
    public void callAll(CallList list) {
        int before = task.arena.mark();
        thread.callAll(list, this);
        task.arena.reset(before);
    }

    @Override
    public RemoteAddress lend(byte[] bytes) {
        RemoteAddress address = lend(bytes.length);
        task.memory.write(address, bytes);
        return address;
    }

    /** What is too large for the arena is mapped until the scope ends. */
    @Override
    public RemoteAddress lend(int size) {
        if (size <= task.arena.free()) {
            return task.arena.reserve(size);
        }
        long address = thread.call("mmap", SyscallNumber.MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        mapped.add(new long[] {address, size});
        return new RemoteAddress(address);
    }

    @Override
    public byte[] read(RemoteAddress address, int length) {
        return task.memory.read(address, length);
    }

    @Override
    public RemoteFd receive(Fd file) {
        return new RemoteFd(task.pid(), task.receive(file));
    }

    @Override
    public void close() {
        for (long[] area : mapped) {
            thread.call("munmap", SyscallNumber.MUNMAP, area[0], area[1]);
        }
        mapped.clear();
        task.arena.reset(mark);
    }
}
