package dev.stasis.host.task.rebirth;

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
    private final int mark;
    private final List<long[]> mapped = new ArrayList<>();

    NewbornCalls(Newborn task) {
        this.task = task;
        this.mark = task.arena.mark();
    }

    @Override
    public Pid task() {
        return task.pid();
    }

    @Override
    public long call(int number, long... arguments) {
        return task.call("call " + number, number, arguments);
    }

    @Override
    public long tryCall(int number, long... arguments) {
        return task.leader().tryCall(number, arguments);
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
        long address = task.call("mmap", SyscallNumber.MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
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
            task.call("munmap", SyscallNumber.MUNMAP, area[0], area[1]);
        }
        mapped.clear();
        task.arena.reset(mark);
    }
}
