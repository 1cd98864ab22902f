package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.notify.UnnoticedOpens;
import dev.stasis.linux.proc.MountEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directories that the tool's own searches opened and read so that watches noticed it, each as a watch on it tells of it, by
 * no name, and as a watch on the directory above tells of it.
 */
final class OwnSearch implements AutoCloseable {
    private static final int LISTING = 1 << 15;
    private static final int ENTRY = 20;
    private static final int DOTS = 48;
    private static final UnixPath ITSELF = UnixPath.of("");
    /** Where the directory above is on no mount that was searched. */
    private static final long UNKNOWN = 0;

    /** How often a directory was opened, and how often getdents(2) was called on it. */
    static final class Reading {
        private int opens;
        private int reads;

        int opens() {
            return opens;
        }

        int reads() {
            return reads;
        }
    }

    /** By the inode number of what is watched, then by the name in an event. */
    private final Map<Long, Map<UnixPath, Reading>> readings = new HashMap<>();
    /** Of the overlays that were searched. */
    private final Set<DeviceNumber> overlays = new HashSet<>();
    private boolean begun;
    /** Null when nothing was searched yet, and where the kernel has none. */
    private UnnoticedOpens unnoticed;

    /** Opens {@code directory} for reading so that nobody notices; empty where that is not to be had. */
    Optional<Fd> tryOpen(Fd directory) {
        if (!begun) {
            begun = true;
            unnoticed = UnnoticedOpens.tryBegin().orElse(null);
        }
        return unnoticed == null ? Optional.empty() : unnoticed.tryOpen(directory);
    }

    /**
     * {@code mount} is searched. If it is an overlay, the kernel opens and reads the directories of its layers on the way, which can
     * be heard there whatever one does.
     */
    void addLayers(MountEntry mount) {
        if (mount.type().equals("overlay")) {
            overlays.add(mount.device());
        }
    }

    /** Whether something on {@code device} may be in a layer of what was searched. */
    boolean mayBeLayer(DeviceNumber device) {
        return !overlays.isEmpty() && !(overlays.size() == 1 && overlays.contains(device));
    }

    /** It goes on to know what it caused. */
    @Override
    public void close() {
        if (unnoticed != null) {
            unnoticed.close();
        }
    }

    /**
     * A directory was opened once, and all its names were read.
     *
     * @param above the directory in which it has {@code name}; null when that is on no mount that was searched
     * @param name empty for the root of a file system
     */
    void add(FileStatus directory, FileStatus above, UnixPath name, List<UnixPath> names) {
        int reads = reads(names);
        add(directory.inode().number(), ITSELF, reads);
        if (name.length() > 0) {
            add(above == null ? UNKNOWN : above.inode().number(), name, reads);
        }
    }

    private void add(long watched, UnixPath name, int reads) {
        Map<UnixPath, Reading> byName = readings.get(watched);
        if (byName == null) {
            byName = new HashMap<>();
            readings.put(watched, byName);
        }
        Reading reading = byName.get(name);
        if (reading == null) {
            reading = new Reading();
            byName.put(name, reading);
        }
        reading.opens++;
        reading.reads += reads;
    }

    /** How many calls of getdents(2) it took to read {@code names}, the one that found no more among them. */
    private static int reads(List<UnixPath> names) {
        int reads = 2;
        int used = DOTS;
        for (int i = 0; i < names.size(); i++) {
            int size = ENTRY + names.get(i).length() + 7 & ~7;
            if (used + size > LISTING) {
                reads++;
                used = 0;
            }
            used += size;
        }
        return reads;
    }

    /** What a watch on the directory with inode number {@code watched} was told of its entry {@code name}; null when nothing. */
    Reading of(long watched, UnixPath name) {
        Map<UnixPath, Reading> byName = readings.get(watched);
        Reading reading = byName == null ? null : byName.get(name);
        Map<UnixPath, Reading> unknown = readings.get(UNKNOWN);
        return reading == null && unknown != null ? unknown.get(name) : reading;
    }
}
