package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The watches of an instance as they were found once, and what the kernel told of them then. While that stays the same only
 * one thing can have changed: which of the watched inodes the tree has open, and whether those still have a name.
 */
final class KnownWatches {
    private final Fd infoFile;
    private final byte[] info;
    private final Map<InodeId, Integer> places = new HashMap<>();
    private final List<Integer> open = new ArrayList<>();
    private final boolean aliases;
    private List<Watch> watches;
    private byte[] encoded;
    private OpenFileId encodedFor;

    /**
     * What was read from {@code infoFile}, which it then owns and which may be null, and the watches that that means; with {@code
     * aliases} an inode number may stand for several inodes, and what the tree has open tells nothing.
     */
    KnownWatches(Fd infoFile, byte[] info, List<Watch> watches, boolean aliases) {
        this.aliases = aliases;
        this.infoFile = infoFile;
        this.info = info;
        this.watches = watches;
        for (int i = 0; i < watches.size(); i++) {
            WatchTarget target = watches.get(i).target();
            if (target.inode() != null) {
                places.put(target.inode(), i);
            }
            if (target.openFile() != null) {
                open.add(i);
            }
        }
    }

    /** Where the kernel tells of the instance; borrowed, null when that is not held open. */
    Fd infoFile() {
        return infoFile;
    }

    byte[] info() {
        return info;
    }

    /** Whether what was found once must be looked for anew. */
    boolean hasAliases() {
        return aliases;
    }

    /** The watches, when the tree's files are {@code files}. */
    List<Watch> watches(List<OpenFile> files) {
        if (aliases) {
            return watches;
        }
        Map<Integer, WatchTarget> now = new HashMap<>();
        for (int i = 0; i < open.size(); i++) {
            now.put(open.get(i), watches.get(open.get(i)).target().without());
        }
        for (int i = 0; i < files.size(); i++) {
            FileStatus status = files.get(i).status();
            Integer place = places.get(status.inode());
            if (place != null) {
                WatchTarget before = now.getOrDefault(place, watches.get(place).target().without());
                now.put(place, before.with(files.get(i).id(), status.links() == 0));
            }
        }
        change(now);
        return watches;
    }

    private void change(Map<Integer, WatchTarget> now) {
        List<Watch> changed = null;
        open.clear();
        for (Map.Entry<Integer, WatchTarget> entry : now.entrySet()) {
            Watch watch = watches.get(entry.getKey());
            if (entry.getValue().openFile() != null) {
                open.add(entry.getKey());
            }
            if (!entry.getValue().isOpenAs(watch.target())) {
                changed = changed == null ? new ArrayList<>(watches) : changed;
                changed.set(entry.getKey(), new Watch(watch.mark(), entry.getValue()));
            }
        }
        if (changed != null) {
            watches = changed;
            encoded = null;
        }
    }

    /** The bytes of all watches in the image's entry for instance {@code id}; made once, and anew when something changed. */
    byte[] encoded(OpenFileId id) {
        if (encoded == null || !id.equals(encodedFor)) {
            encoded = InstanceEntry.encode(id, watches);
            encodedFor = id;
        }
        return encoded;
    }

    void close() {
        if (infoFile != null) {
            infoFile.close();
        }
    }
}
