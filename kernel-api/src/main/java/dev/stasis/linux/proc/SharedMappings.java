package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of which some process that /proc shows has a shared mapping (MAP_SHARED): what is written through one that was
 * written through before leaves no trace in the times of the file. Read once; immutable.
 */
public final class SharedMappings {
    private final Set<InodeId> inodes;
    private final Set<Long> numbers = new HashSet<>();

    private SharedMappings(Set<InodeId> inodes) {
        this.inodes = inodes;
        for (InodeId inode : inodes) {
            numbers.add(inode.number());
        }
    }

    /** Those that there are now, of all processes. */
    public static SharedMappings read() {
        Set<InodeId> inodes = new HashSet<>();
        List<Pid> processes = ProcFile.processes();
        for (int i = 0; i < processes.size(); i++) {
            Optional<byte[]> maps = maps(processes.get(i));
            if (maps.isPresent()) {
                addAll(maps.get(), inodes);
            }
        }
        return new SharedMappings(inodes);
    }

    private static Optional<byte[]> maps(Pid process) {
        try {
            return ProcFile.tryRead(process, "maps");
        } catch (KernelException e) {
            return Optional.empty(); // hidden from us
        }
    }

    /** Adds the inodes of the shared mappings that the bytes of /proc/PID/maps tell. */
    static void addAll(byte[] maps, Set<InodeId> inodes) {
        for (int line = 0; line < maps.length; line = next(maps, line)) {
            int rights = behindBlank(maps, line);
            if (rights + 3 < maps.length && maps[rights + 3] == 's') {
                int device = behindBlank(maps, behindBlank(maps, rights)); // behind the offset
                inodes.add(new InodeId(device(maps, device), number(maps, behindBlank(maps, device), 10)));
            }
        }
    }

    private static int next(byte[] maps, int line) {
        int at = line;
        while (at < maps.length && maps[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static int behindBlank(byte[] maps, int from) {
        int at = from;
        while (at < maps.length && maps[at] != ' ') {
            at++;
        }
        return at + 1;
    }

    private static DeviceNumber device(byte[] maps, int at) {
        int colon = at;
        while (maps[colon] != ':') {
            colon++;
        }
        return new DeviceNumber((int) number(maps, at, 16), (int) number(maps, colon + 1, 16));
    }

    private static long number(byte[] maps, int from, int base) {
        long value = 0;
        for (int at = from; at < maps.length && Character.digit(maps[at], base) >= 0; at++) {
            value = base * value + Character.digit(maps[at], base);
        }
        return value;
    }

    /**
     * Whether one may be of the file with {@code status}.
     *
     * @param anyDevice whether only the number of the inode counts: on btrfs a file has two device numbers
     */
    public boolean mayHave(FileStatus status, boolean anyDevice) {
        return anyDevice ? numbers.contains(status.inode().number()) : inodes.contains(status.inode());
    }
}
