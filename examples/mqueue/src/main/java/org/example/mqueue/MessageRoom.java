package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;

/**
 * Room for messages, each as long as a message of the queue may be: a file in memory, of which there is only as much as was
 * written. So a queue that would have room for gigabytes costs what is in it.
 */
final class MessageRoom implements AutoCloseable {
    private static final int READ_AND_WRITE = 3;
    private static final int SHARED = 1;

    private final Fd file;
    private final long address;
    private final long length;
    private final long each;

    private MessageRoom(Fd file, long address, long length, long each) {
        this.file = file;
        this.address = address;
        this.length = length;
        this.each = each;
    }

    /** For {@code count} messages of up to {@code each} bytes. */
    static MessageRoom of(int count, long each) {
        long length = Math.max(1, count * each);
        Fd file = FileCalls.memfd("messages");
        try {
            SystemCalls.call("ftruncate", file, SyscallNumber.FTRUNCATE, file.number(), length);
            long address = SystemCalls.call("mmap", file, SyscallNumber.MMAP, 0, length, READ_AND_WRITE, SHARED, file.number(), 0);
            return new MessageRoom(file, address, length, each);
        } catch (RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    /** Where message {@code i} goes. */
    long address(int i) {
        return address + i * each;
    }

    /** The first {@code count} bytes of message {@code i}. */
    byte[] bytes(int i, int count) {
        NativeMemory memory = NativeMemory.allocate(Math.max(1, count));
        FileCalls.readAt(file, memory, count, i * each);
        return memory.get(0, count);
    }

    @Override
    public void close() {
        SystemCalls.call("munmap", file, SyscallNumber.MUNMAP, address, length);
        file.close();
    }
}
