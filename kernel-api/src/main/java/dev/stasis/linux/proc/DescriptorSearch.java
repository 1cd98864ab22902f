package dev.stasis.linux.proc;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Syscalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Looks through the descriptors of all processes for files that /proc shows under certain names, such as {@code pipe:[17]}.
 * Nothing is stopped or opened but /proc: what changes meanwhile may be missed. From one thread.
 */
public final class DescriptorSearch {
    private static final int NAMES = 1 << 15;
    private static final int LINK = 4096;
    private static final UnixPath PROC = UnixPath.of("/proc");

    /** Null when all are. */
    private final Set<UnixPath> wanted;
    private final boolean[] lengths = new boolean[LINK + 1];
    private final NativeMemory names = NativeMemory.allocate(NAMES);
    private final NativeMemory link = NativeMemory.allocate(LINK);
    private final List<Found> found = new ArrayList<>();

    private DescriptorSearch(Set<UnixPath> wanted) {
        this.wanted = wanted;
        if (wanted == null) {
            Arrays.fill(lengths, true);
            return;
        }
        for (UnixPath path : wanted) {
            lengths[Math.min(LINK, path.length())] = true;
        }
    }

    /**
     * A descriptor that was found.
     *
     * @param task the process it belongs to
     * @param number the descriptor
     * @param link what /proc shows for it
     */
    public record Found(Pid task, int number, UnixPath link) {}

    /** All descriptors that lead to one of {@code links}, of all processes but {@code spared}. */
    public static List<Found> find(Set<UnixPath> links, Set<Pid> spared) {
        DescriptorSearch search = new DescriptorSearch(links);
        try (Fd proc = FileCalls.open(PROC, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0)) {
            for (UnixPath entry : DirectoryCalls.list(proc)) {
                int number = number(entry);
                if (number > 0 && !spared.contains(new Pid(number))) {
                    search.look(new Pid(number));
                }
            }
        }
        return search.found;
    }

    /** All descriptors that lead to one of {@code links}, of {@code tasks}; those may be threads. */
    public static List<Found> find(Set<UnixPath> links, List<Pid> tasks) {
        DescriptorSearch search = new DescriptorSearch(links);
        for (int i = 0; i < tasks.size(); i++) {
            search.look(tasks.get(i));
        }
        return search.found;
    }

    /** All descriptors of {@code task} whose links have at most 4095 bytes. */
    public static List<Found> all(Pid task) {
        DescriptorSearch search = new DescriptorSearch(null);
        search.look(task);
        return search.found;
    }

    private static int number(UnixPath name) {
        int number = 0;
        byte[] bytes = name.bytes();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return -1;
            }
            number = 10 * number + bytes[i] - '0';
        }
        return number;
    }

    private void look(Pid task) {
        byte[] path = UnixPath.of("/proc/" + task + "/fd").bytes();
        link.put(0, path).putByte(path.length, (byte) 0);
        long directory = Syscalls.call4(SyscallNumber.OPENAT, -100, link.address(),
                OpenFlags.DIRECTORY.with(OpenFlags.CLOEXEC).bits(), 0);
        if (directory < 0) {
            return; // ended meanwhile, or hidden from us
        }
        try (Fd table = Fd.own((int) directory)) {
            long length = list(table);
            while (length > 0) {
                for (int at = 0; at < length; at += names.getShort(at + 16) & 0xffff) {
                    if (names.getByte(at + 19) != '.') {
                        look(task, table, at + 19);
                    }
                }
                length = list(table);
            }
        }
    }

    private long list(Fd table) {
        return Syscalls.call3(SyscallNumber.GETDENTS64, table.number(), names.address(), NAMES);
    }

    private void look(Pid task, Fd table, int name) {
        long length = Syscalls.call4(SyscallNumber.READLINKAT, table.number(), names.address() + name, link.address(), LINK);
        if (length <= 0 || !lengths[(int) length]) {
            return;
        }
        UnixPath target = UnixPath.of(link, 0, (int) length);
        if (wanted == null || wanted.contains(target)) {
            found.add(new Found(task, decimal(name), target));
        }
    }

    private int decimal(int at) {
        int value = 0;
        for (int i = at; names.getByte(i) != 0; i++) {
            value = value * 10 + names.getByte(i) - '0';
        }
        return value;
    }
}
