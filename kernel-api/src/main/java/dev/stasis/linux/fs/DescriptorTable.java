package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Arrays;
import java.util.Optional;

/**
 * The descriptor table of another task, read without stopping it and without touching a file's inode: no fsnotify event
 * comes of it.
 *
 * <p>Each read makes seven calls. The close-on-exec flag of another task's descriptor is told by /proc/PID/fdinfo alone;
 * since that file is opened anyway, flags and position come from it too. Inode and owner come from a copy got with
 * pidfd_getfd(2), which is closed at once: a copy held longer would keep a pipe's other end from seeing its end.
 *
 * <p>From one thread only.
 */
public final class DescriptorTable implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int LINK_MAX = 4096;
    private static final int EMPTY_PATH = 0;
    private static final int NAME = 8;
    private static final int TEXT = 512;

    private final Pid task;
    private final Fd pidfd;
    private final Fd links;
    private final Fd infos;
    private final NativeMemory memory = NativeMemory.allocate(BUFFER);

    private DescriptorTable(Pid task, Fd pidfd, Fd links, Fd infos) {
        this.task = task;
        this.pidfd = pidfd;
        this.links = links;
        this.infos = infos;
    }

    /** The table of process {@code task}; empty when there is no such process. The caller closes it. */
    public static Optional<DescriptorTable> tryOpen(Pid task) {
        Optional<Fd> pidfd = ProcessCalls.tryPidfd(task);
        if (pidfd.isEmpty()) {
            return Optional.empty();
        }
        OpenFlags directory = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);
        Optional<Fd> links = FileCalls.tryOpen(UnixPath.of("/proc/" + task + "/fd"), directory);
        Optional<Fd> infos = FileCalls.tryOpen(UnixPath.of("/proc/" + task + "/fdinfo"), directory);
        if (links.isPresent() && infos.isPresent()) {
            return Optional.of(new DescriptorTable(task, pidfd.get(), links.get(), infos.get()));
        }
        pidfd.get().close();
        links.ifPresent(Fd::close);
        infos.ifPresent(Fd::close);
        return Optional.empty();
    }

    /** The descriptors in use, lowest first; none when the task has ended. @see getdents64(2) */
    public int[] numbers() {
        int[] numbers = new int[64];
        int count = 0;
        FileCalls.position(links, 0);
        while (true) {
            long length = Syscalls.call3(SyscallNumber.GETDENTS64, links.number(), memory.address() + TEXT,
                    BUFFER - TEXT);
            if (length == 0 || length == -Errno.ENOENT.number() || length == -Errno.ESRCH.number()) {
                int[] found = Arrays.copyOf(numbers, count);
                Arrays.sort(found);
                return found;
            }
            check("getdents64", "/proc/" + task + "/fd", length);
            for (int at = TEXT; at < TEXT + length; at += memory.getShort(at + 16) & 0xffff) {
                if (memory.getByte(at + 19) != '.') {
                    numbers = count == numbers.length ? Arrays.copyOf(numbers, 4 * count) : numbers;
                    numbers[count++] = decimal(at + 19);
                }
            }
        }
    }

    /** What descriptor {@code number} is; empty when it was closed meanwhile or the task has ended. */
    public Optional<DescriptorStatus> tryRead(int number) {
        name(number);
        int length = readInfo(number);
        if (length < 0) {
            return Optional.empty();
        }
        int flagsLine = lineBehind(TEXT, TEXT + length);
        long position = decimalLong(valueOf(TEXT));
        int flags = (int) octal(valueOf(flagsLine));
        OpenFlags status = new OpenFlags(flags & ~OpenFlags.CLOEXEC.bits());
        long copy = Syscalls.call3(SyscallNumber.PIDFD_GETFD, pidfd.number(), number, 0);
        if (isGone(copy)) {
            return Optional.empty();
        }
        try (Fd file = Fd.own((int) check("pidfd_getfd", new RemoteFd(task, number), copy))) {
            boolean closeOnExec = (flags & OpenFlags.CLOEXEC.bits()) != 0;
            return Optional.of(new DescriptorStatus(number, closeOnExec, status, position, owner(file, status), status(file),
                    link(number, file)));
        }
    }

    /** Whether descriptor {@code number} is close-on-exec; empty when it was closed meanwhile. */
    public Optional<Boolean> tryCloseOnExec(int number) {
        name(number);
        int length = readInfo(number);
        if (length < 0) {
            return Optional.empty();
        }
        int flags = (int) octal(valueOf(lineBehind(TEXT, TEXT + length)));
        return Optional.of((flags & OpenFlags.CLOEXEC.bits()) != 0);
    }

    private int readInfo(int number) {
        long info = Syscalls.call4(SyscallNumber.OPENAT, infos.number(), memory.address() + NAME, OpenFlags.CLOEXEC.bits(), 0);
        if (isGone(info)) {
            return -1;
        }
        check("open", "/proc/" + task + "/fdinfo/" + number, info);
        long length = Syscalls.call3(SyscallNumber.READ, info, memory.address() + TEXT, 256);
        Syscalls.call1(SyscallNumber.CLOSE, info);
        if (isGone(length)) {
            return -1;
        }
        return (int) check("read", "/proc/" + task + "/fdinfo/" + number, length);
    }

    private FileStatus status(Fd file) {
        check("statx", file, Syscalls.call5(SyscallNumber.STATX, file.number(), memory.address() + EMPTY_PATH,
                FileCalls.AT_EMPTY_PATH, FileCalls.STATX_BASIC_STATS_AND_MNT_ID, memory.address() + TEXT));
        return FileCalls.decodeStatx(memory, TEXT);
    }

    private static SignalOwner owner(Fd file, OpenFlags flags) {
        return flags.has(OpenFlags.PATH) ? SignalOwner.NOBODY : OwnerCalls.owner(file.number(), Scratch.take());
    }

    private UnixPath link(int number, Fd file) {
        long length = Syscalls.call4(SyscallNumber.READLINKAT, links.number(), memory.address() + NAME,
                memory.address() + TEXT, LINK_MAX);
        if (length == -Errno.ENAMETOOLONG.number()) {
            return longLink(file);
        }
        if (isGone(length)) {
            return UnixPath.of("");
        }
        check("readlink", "/proc/" + task + "/fd/" + number, length);
        return UnixPath.of(memory, TEXT, (int) length);
    }

    private static UnixPath longLink(Fd file) {
        try {
            return LongPaths.of(file);
        } catch (KernelException e) {
            // It has a path that nothing shows. Whoever needs the path sees that there is none and can say so.
            return UnixPath.of("");
        }
    }

    private static boolean isGone(long result) {
        return result == -Errno.ENOENT.number() || result == -Errno.EBADF.number() || result == -Errno.ESRCH.number();
    }

    /** Writes {@code number} in decimal, with a NUL behind it, to NAME. */
    private void name(int number) {
        int digits = 1;
        for (int rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        memory.putByte(NAME + digits, (byte) 0);
        for (int at = NAME + digits - 1, rest = number; at >= NAME; at--, rest /= 10) {
            memory.putByte(at, (byte) ('0' + rest % 10));
        }
    }

    private int lineBehind(int at, int end) {
        while (at < end && memory.getByte(at) != '\n') {
            at++;
        }
        if (at + 1 >= end) {
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

    private int decimal(int at) {
        return (int) decimalLong(at);
    }

    private long decimalLong(int at) {
        boolean negative = memory.getByte(at) == '-';
        long value = 0;
        for (int i = negative ? at + 1 : at; memory.getByte(i) >= '0' && memory.getByte(i) <= '9'; i++) {
            value = value * 10 + memory.getByte(i) - '0';
        }
        return negative ? -value : value;
    }

    private long octal(int at) {
        long value = 0;
        for (int i = at; memory.getByte(i) >= '0' && memory.getByte(i) <= '7'; i++) {
            value = value * 8 + memory.getByte(i) - '0';
        }
        return value;
    }

    /** Closes what was opened for reading; the task is not affected. */
    @Override
    public void close() {
        pidfd.close();
        links.close();
        infos.close();
    }
}
