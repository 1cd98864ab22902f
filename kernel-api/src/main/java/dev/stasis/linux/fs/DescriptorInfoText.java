package dev.stasis.linux.fs;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;

/** Reads the beginning of a /proc/PID/fdinfo file where the kernel put it: no copy, no string. */
final class DescriptorInfoText {
    private final NativeMemory memory;
    private final int start;
    private final Pid task;

    /** The text at {@code start} of {@code memory}, of a descriptor of {@code task}. */
    DescriptorInfoText(NativeMemory memory, int start, Pid task) {
        this.memory = memory;
        this.start = start;
        this.task = task;
    }

    long position() {
        int at = valueOf(start);
        boolean negative = memory.getByte(at) == '-';
        long value = decimal(negative ? at + 1 : at);
        return negative ? -value : value;
    }

    /** Status flags and O_CLOEXEC of the text, which is {@code length} bytes long. */
    int flags(int length) {
        int value = 0;
        for (int i = valueOf(secondLine(length)); memory.getByte(i) >= '0' && memory.getByte(i) <= '7'; i++) {
            value = value * 8 + memory.getByte(i) - '0';
        }
        return value;
    }

    private int secondLine(int length) {
        int at = start;
        while (at < start + length && memory.getByte(at) != '\n') {
            at++;
        }
        if (at + 1 >= start + length) {
            throw new KernelException("read", "/proc/" + task + "/fdinfo", Errno.EIO);
        }
        return at + 1;
    }

    private int valueOf(int line) {
        int at = line;
        while (memory.getByte(at) != ':') {
            at++;
        }
        at++;
        while (memory.getByte(at) == '\t' || memory.getByte(at) == ' ') {
            at++;
        }
        return at;
    }

    private long decimal(int at) {
        long value = 0;
        for (int i = at; memory.getByte(i) >= '0' && memory.getByte(i) <= '9'; i++) {
            value = value * 10 + memory.getByte(i) - '0';
        }
        return value;
    }
}
