package org.example.mqueue;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.UnixPath;
import java.lang.ref.Reference;
import java.util.Optional;

/** The system calls of mq_overview(7). Names are without the slash that the library has before them. */
final class QueueCalls {
    private static final int ATTRIBUTES_SIZE = 64;
    private static final int CLOEXEC = 0x80000;
    private static final int CREATE_NEW = 0x40 | 0x80;
    private static final int RDWR = 2;

    private QueueCalls() {}

    /** Opens queue {@code name} with access mode and status flags {@code flags}; empty when there is none. */
    static Optional<Fd> tryOpen(UnixPath name, int flags) {
        NativeMemory path = text(name);
        long result = SystemCalls.tryCall(SyscallNumber.MQ_OPEN, path.address(), flags | CLOEXEC, 0, 0);
        Reference.reachabilityFence(path);
        if (result == -Errno.ENOENT.number()) {
            return Optional.empty();
        }
        return Optional.of(Fd.own((int) checked("mq_open", name, result)));
    }

    /** Makes the new queue {@code name}, open for both, as {@code attributes} say. */
    static Fd create(UnixPath name, QueueAttributes attributes) {
        NativeMemory path = text(name);
        NativeMemory memory = NativeMemory.allocate(ATTRIBUTES_SIZE);
        memory.putLong(8, attributes.mostMessages()).putLong(16, attributes.mostBytes());
        long result = SystemCalls.tryCall(SyscallNumber.MQ_OPEN, path.address(), RDWR | CREATE_NEW | CLOEXEC, 0600,
                memory.address());
        Reference.reachabilityFence(path);
        Reference.reachabilityFence(memory);
        return Fd.own((int) checked("mq_open", name, result));
    }

    /** Takes the name from queue {@code name}, if it has it. */
    static void unlink(UnixPath name) {
        NativeMemory path = text(name);
        SystemCalls.tryCall(SyscallNumber.MQ_UNLINK, path.address());
        Reference.reachabilityFence(path);
    }

    /** What kind of queue is behind {@code queue}, and how full it is. */
    static QueueAttributes attributes(Fd queue) {
        NativeMemory memory = NativeMemory.allocate(ATTRIBUTES_SIZE);
        SystemCalls.call("mq_getattr", queue, SyscallNumber.MQ_GETSETATTR, queue.number(), 0, memory.address());
        return new QueueAttributes(memory.getLong(8), memory.getLong(16), memory.getLong(24));
    }

    /** Takes the next message out of {@code queue}, which must not wait, into {@code memory}; empty when there is none. */
    static Optional<Message> receive(Fd queue, NativeMemory memory) {
        NativeMemory priority = NativeMemory.allocate(Integer.BYTES);
        long length = SystemCalls.tryCall(SyscallNumber.MQ_TIMEDRECEIVE, queue.number(), memory.address(), memory.size(),
                priority.address(), 0);
        if (length == -Errno.EAGAIN.number()) {
            return Optional.empty();
        }
        checked("mq_receive", queue, length);
        return Optional.of(new Message(priority.getInt(0), memory.get(0, (int) length)));
    }

    /** Puts {@code message} into {@code queue}. */
    static void send(Fd queue, Message message) {
        NativeMemory memory = NativeMemory.allocate(Math.max(1, message.bytes().length)).put(0, message.bytes());
        SystemCalls.call("mq_send", queue, SyscallNumber.MQ_TIMEDSEND, queue.number(), memory.address(),
                message.bytes().length, message.priority(), 0);
        Reference.reachabilityFence(memory);
    }

    private static long checked(String call, Object subject, long result) {
        if (result < 0) {
            throw new KernelException(call, subject, new Errno((int) -result));
        }
        return result;
    }

    private static NativeMemory text(UnixPath name) {
        NativeMemory memory = NativeMemory.allocate(name.length() + 1);
        name.copyTo(memory, 0);
        return memory;
    }
}
