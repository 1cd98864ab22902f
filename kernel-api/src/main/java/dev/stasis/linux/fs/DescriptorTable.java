package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
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
 * <p>The close-on-exec flag of another task's descriptor is told by /proc/PID/fdinfo alone; since that file is opened anyway,
 * flags and position come from it too. Inode and owner come from a copy got with pidfd_getfd(2), which is closed at once: a
 * copy held longer would keep a pipe's other end from seeing its end.
 *
 * <p>A table that remembers ({@link #remember}) makes the second look much cheaper than the first: its fdinfo files are still
 * open, the objects are there already, and a path need not be asked for where it is seen to lead to the file still. What a
 * second look says is what the kernel says then; nothing is taken on trust from the first.
 *
 * <p>From one thread only; {@link #forAnotherThread} is for a second one.
 */
public final class DescriptorTable implements AutoCloseable {
    private static final int BUFFER = 1 << 14;
    private static final int EMPTY_PATH = 0;
    private static final int NAME = 8;
    private static final int INFO = 32;
    private static final int INFO_MAX = 256;
    private static final int OWNER = INFO + INFO_MAX;
    private static final int STATX = OWNER + 32;
    private static final int STATX_FACTS = 152;
    private static final int STATX_SIZE = 256;
    private static final int FOUND = STATX + STATX_SIZE;
    private static final int TEXT = FOUND + STATX_SIZE;
    private static final int REMEMBERED_MAX = 1 << 16;

    private final Pid task;
    private final Fd pidfd;
    private final Fd links;
    private final Fd infos;
    private final NativeMemory memory = NativeMemory.allocate(BUFFER);
    private final DescriptorInfoText info;
    private final DescriptorLinks names;
    private SeenDescriptors seen;

    private DescriptorTable(Pid task, Fd pidfd, Fd links, Fd infos) {
        this.task = task;
        this.pidfd = pidfd;
        this.links = links;
        this.infos = infos;
        this.info = new DescriptorInfoText(memory, INFO, task);
        this.names = new DescriptorLinks(task, links, memory, NAME, FOUND);
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

    /**
     * Remembers from now on what is read of descriptors {@code numbers}, which are in order, for reading it again. Takes one
     * descriptor of this process for each of them, so there must be room ({@link DescriptorRoom}); of more than 65,536 the
     * rest is not remembered.
     */
    public void remember(int[] numbers) {
        seen = new SeenDescriptors(Arrays.copyOf(numbers, Math.min(numbers.length, REMEMBERED_MAX)), FOUND - OWNER);
    }

    /**
     * The same table for another thread, which may read from it while this one reads other descriptors; both remember together.
     * Borrowed: valid until this is closed, and never closed itself.
     */
    public DescriptorTable forAnotherThread() {
        DescriptorTable other = new DescriptorTable(task, pidfd, links, infos);
        other.seen = seen == null ? null : seen.forAnotherThread();
        return other;
    }

    /** The descriptors that are remembered, in order; none when nothing is. */
    public int[] remembered() {
        return seen == null ? new int[0] : seen.numbers();
    }

    /** Whether the process that this was opened for still exists; another may have its number by now. */
    public boolean isAlive() {
        return ProcessCalls.isAlive(pidfd);
    }

    /** How many descriptors are in use, in one call; -1 when the task has ended or the kernel does not tell (before 6.2). */
    public int count() {
        long result = Syscalls.call5(SyscallNumber.STATX, links.number(), memory.address() + EMPTY_PATH,
                FileCalls.AT_EMPTY_PATH, FileCalls.STATX_ASKED, memory.address() + FOUND);
        int size = result < 0 ? 0 : (int) FileCalls.decodeStatx(memory, FOUND).size();
        return size > 0 ? size : -1;
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

    /**
     * What descriptor {@code number} is; empty when it was closed meanwhile or the task has ended. If it was read before and
     * is remembered, and nothing about it has changed, the result is the same object as then.
     */
    public Optional<DescriptorStatus> tryRead(int number) {
        name(number);
        int length = readInfo(number);
        if (length < 0) {
            return Optional.empty();
        }
        long copy = Syscalls.call3(SyscallNumber.PIDFD_GETFD, pidfd.number(), number, 0);
        if (isGone(copy)) {
            return Optional.empty();
        }
        check("pidfd_getfd", new RemoteFd(task, number), copy);
        try {
            return read(number, length, (int) copy);
        } finally {
            Syscalls.call1(SyscallNumber.CLOSE, copy);
        }
    }

    private Optional<DescriptorStatus> read(int number, int length, int copy) {
        int flags = info.flags(length);
        OpenFlags status = new OpenFlags(flags & ~OpenFlags.CLOEXEC.bits());
        check("statx", number, Syscalls.call5(SyscallNumber.STATX, copy, memory.address() + EMPTY_PATH,
                FileCalls.AT_EMPTY_PATH, FileCalls.STATX_ASKED, memory.address() + STATX));
        SignalOwner owner = owner(copy, status);
        Optional<DescriptorStatus> before = seen == null ? null : seen.same(number, memory, INFO, length, OWNER);
        if (before != null && names.isStill(before.get(), STATX)) {
            return before;
        }
        FileStatus inode = FileCalls.decodeStatx(memory, STATX);
        UnixPath link = names.read(number, copy);
        Optional<DescriptorStatus> read = Optional.of(new DescriptorStatus(number, (flags & OpenFlags.CLOEXEC.bits()) != 0,
                status, info.position(), owner, inode, link,
                !DescriptorLinks.isGone(link, inode) && names.leadsTo(link, STATX)));
        if (seen != null) {
            seen.remember(number, memory, INFO, length, OWNER, read);
        }
        return read;
    }

    /** Whether descriptor {@code number} is close-on-exec; empty when it was closed meanwhile. */
    public Optional<Boolean> tryCloseOnExec(int number) {
        name(number);
        int length = readInfo(number);
        if (length < 0) {
            return Optional.empty();
        }
        return Optional.of((info.flags(length) & OpenFlags.CLOEXEC.bits()) != 0);
    }

    private int readInfo(int number) {
        int known = seen == null ? -1 : seen.info(number);
        long file = known >= 0 ? known : Syscalls.call4(SyscallNumber.OPENAT, infos.number(), memory.address() + NAME,
                OpenFlags.CLOEXEC.bits(), 0);
        if (isGone(file)) {
            return -1;
        }
        check("open", "/proc/" + task + "/fdinfo/" + number, file);
        long length = Syscalls.call4(SyscallNumber.PREAD64, file, memory.address() + INFO, INFO_MAX, 0);
        if (known < 0 && (seen == null || !seen.keepInfo(number, (int) file))) {
            Syscalls.call1(SyscallNumber.CLOSE, file);
        }
        if (isGone(length)) {
            return -1;
        }
        return (int) check("read", "/proc/" + task + "/fdinfo/" + number, length);
    }

    /** Also leaves it at OWNER, as it is compared with the next time. */
    private SignalOwner owner(int copy, OpenFlags flags) {
        SignalOwner owner = flags.has(OpenFlags.PATH) ? SignalOwner.NOBODY : OwnerCalls.owner(copy, Scratch.take());
        memory.putInt(OWNER, owner.type()).putInt(OWNER + 4, owner.id()).putInt(OWNER + 8, owner.signal())
                .putInt(OWNER + 12, owner.uid()).putInt(OWNER + 16, owner.effectiveUid());
        return owner;
    }

    static boolean isGone(long result) {
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

    private int decimal(int at) {
        int value = 0;
        for (int i = at; memory.getByte(i) >= '0' && memory.getByte(i) <= '9'; i++) {
            value = value * 10 + memory.getByte(i) - '0';
        }
        return value;
    }

    /** Closes what was opened for reading; the task is not affected. */
    @Override
    public void close() {
        if (seen != null) {
            seen.close();
        }
        pidfd.close();
        links.close();
        infos.close();
    }
}
