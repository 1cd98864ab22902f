package dev.stasis.linux.proc;

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
    private final Set<Long> inodes;

    private SharedMappings(Set<Long> inodes) {
        this.inodes = inodes;
    }

    /** Those that there are now, of all processes. */
    public static SharedMappings read() {
        Set<Long> inodes = new HashSet<>();
        List<Pid> processes = ProcFile.processes();
        for (int i = 0; i < processes.size(); i++) {
            addAll(ProcFile.maps(processes.get(i)), inodes);
        }
        return new SharedMappings(inodes);
    }

    /** Adds the inodes of the shared mappings that the bytes of /proc/PID/maps tell. */
    static void addAll(byte[] maps, Set<Long> inodes) {
        for (int line = 0; line < maps.length; line = next(maps, line)) {
            int rights = behindBlank(maps, line);
            if (rights + 3 < maps.length && maps[rights + 3] == 's') {
                int device = behindBlank(maps, behindBlank(maps, rights)); // behind the offset
                inodes.add(number(maps, behindBlank(maps, device), 10));
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

    private static long number(byte[] maps, int from, int base) {
        long value = 0;
        for (int at = from; at < maps.length && Character.digit(maps[at], base) >= 0; at++) {
            value = base * value + Character.digit(maps[at], base);
        }
        return value;
    }

    /**
     * Whether one may be of the file with {@code status}. Only the number of the inode counts: on btrfs a file has two device
     * numbers, and through overlayfs it is mapped under that one's.
     */
    public boolean mayHave(FileStatus status) {
        return inodes.contains(status.inode().number());
    }
}
