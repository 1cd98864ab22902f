package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.BriefStatus;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.HandleSearch;
import dev.stasis.linux.fs.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What watches are on, found and opened so that nobody notices: by handle on a mount of the file system, else by path if that
 * leads to the same inode, else through an open file that is on it. What has no name any more is only had through an open file.
 *
 * <p>What is not held is opened when it is needed, under the same descriptor number as the one before, which makes the way
 * through /proc/self/fd that a watch takes a well-trodden one. From one thread only.
 */
final class OpenTargets implements AutoCloseable {
    /** With fewer, a second thread is no help. */
    static final int MANY = 500;
    private static final int AT_ONCE = 512;

    /** What leads to a target. */
    private enum Way { NONE, HANDLE, PATH, OPEN_FILE }

    private final List<Watch> watches;
    private final OpenFiles files;
    private final Way[] ways;
    private final Timestamp[] changed;
    /** Null when nothing is held. */
    private final HeldTargets held;
    private final HeldTargets.Held[] heldHere;
    private final HandleWay handles = new HandleWay();

    private OpenTargets(List<Watch> watches, OpenFiles files, HeldTargets held) {
        this.watches = watches;
        this.files = files;
        this.held = held;
        this.heldHere = held == null ? null : new HeldTargets.Held[watches.size()];
        this.ways = new Way[watches.size()];
        this.changed = new Timestamp[watches.size()];
        Arrays.fill(ways, Way.NONE);
    }

    /** Finds what {@code watches} are on, as far as it is there. */
    static OpenTargets of(List<Watch> watches, OpenFiles files) {
        return of(watches, files, null, null);
    }

    /** Like the other, with the help of {@code companion}; what is found on the way to {@code held} is held there. */
    static OpenTargets of(List<Watch> watches, OpenFiles files, HeldTargets held, Companion companion) {
        OpenTargets targets = new OpenTargets(watches, files, held);
        boolean done = false;
        try {
            if (companion != null && watches.size() >= MANY) {
                targets.findByHandle(companion);
            }
            targets.findRest();
            done = true;
            return targets;
        } finally {
            if (!done) {
                targets.close();
            }
        }
    }

    /** Two threads take turns; the second may be busy with something else for a while. */
    private void findByHandle(Companion companion) {
        AtomicInteger next = new AtomicInteger();
        Future<?> help = companion.begin(new Runnable() {
            @Override
            public void run() {
                try (HandleWay own = new HandleWay()) {
                    findByHandle(next, own);
                }
            }
        });
        try {
            findByHandle(next, handles);
        } finally {
            if (!companion.takeBack(help)) {
                Companion.await(help);
            }
        }
    }

    private void findByHandle(AtomicInteger next, HandleWay way) {
        for (int from = next.getAndAdd(AT_ONCE); from < ways.length; from = next.getAndAdd(AT_ONCE)) {
            findByHandle(from, Math.min(from + AT_ONCE, ways.length), way);
        }
    }

    private void findByHandle(int from, int to, HandleWay way) {
        int[] asked = new int[to - from];
        int count = 0;
        try {
            for (int i = from; i < to; i++) {
                Watch watch = watches.get(i);
                if (ways[i] != Way.NONE || watch.target().unlinked() || isKnown(i, watch)) {
                    continue;
                }
                if (count > 0 && way.takesNoMore(watch)) {
                    find(asked, way.search());
                    count = 0;
                }
                if (way.leads(watch)) {
                    way.search().add(watch.mark().handle());
                    asked[count++] = i;
                }
            }
            if (count > 0) {
                find(asked, way.search());
            }
        } finally {
            way.forget();
        }
    }

    /** Notes those that {@code search} finds of the {@code asked}. */
    private void find(int[] asked, HandleSearch search) {
        search.run();
        for (int i = 0; search.next(); i++) {
            if (search.isFound()) {
                BriefStatus status = search.status();
                if (isSame(status, watches.get(asked[i]))) {
                    note(asked[i], Way.HANDLE, search.take(), status);
                }
            }
        }
        search.clear();
    }

    private boolean isKnown(int index, Watch watch) {
        HeldTargets.Held known = held == null ? null : held.of(watch);
        boolean same = known != null && isSame(known.status(), watch);
        if (same) {
            note(index, Way.HANDLE, known);
        }
        return same;
    }

    /** Finds what was not there before. */
    void findRest() {
        findByHandle(0, ways.length, handles);
        for (int i = 0; i < ways.length; i++) {
            if (ways[i] == Way.NONE && !note(i, Way.PATH, open(i, Way.PATH))) {
                note(i, Way.OPEN_FILE, open(i, Way.OPEN_FILE));
            }
        }
        leave();
    }

    /** A handle leads to no other inode; it may only be one that the file system has used again. */
    private static boolean isSame(BriefStatus status, Watch watch) {
        return watch.target().inode() == null || status.inode() == watch.target().inode().number();
    }

    /** Whether {@code found}, which may be null and is closed unless it is held, is what the watch at {@code index} is on. */
    private boolean note(int index, Way way, Fd found) {
        if (found == null) {
            return false;
        }
        BriefStatus status = null;
        try {
            status = way == Way.PATH ? PathWay.tryRecognize(found, watches.get(index)) : FileCalls.briefStatus(found);
        } finally {
            if (status == null) {
                found.close();
            }
        }
        if (status != null) {
            note(index, way, found, status);
        }
        return status != null;
    }

    /** Notes {@code found}, which is closed unless it is held. */
    private void note(int index, Way way, Fd found, BriefStatus status) {
        // An entry in /proc may be that of a process whose number one of the tree is about to get: opened when it is needed.
        boolean mayBeHeld = held != null && way != Way.OPEN_FILE && !watches.get(index).target().pseudo();
        HeldTargets.Held kept = !mayBeHeld ? null
                : held.tryHold(watches.get(index), found, status, way == Way.HANDLE);
        if (kept == null) {
            found.close();
        }
        note(index, way, kept == null ? new HeldTargets.Held(null, status) : kept);
    }

    private void note(int index, Way way, HeldTargets.Held found) {
        ways[index] = way;
        changed[index] = found.status().changed();
        if (heldHere != null) {
            heldHere[index] = found.file() == null ? null : found;
        }
    }

    /** Whether all that the watches are on is held. */
    boolean areAllHeld() {
        for (int i = 0; i < ways.length; i++) {
            if (held(i) == null) {
                return false;
            }
        }
        return true;
    }

    /** What the watch at {@code index} is on; null when it is not held. */
    HeldTargets.Held held(int index) {
        return heldHere == null ? null : heldHere[index];
    }

    private Fd open(int index, Way way) {
        Watch watch = watches.get(index);
        WatchTarget target = watch.target();
        switch (way) {
            case HANDLE:
                return target.unlinked() ? null : handles.tryFind(watch);
            case PATH:
                return target.unlinked() ? null : PathWay.tryOpen(watch);
            case OPEN_FILE:
                Fd open = target.openFile() == null ? null : files.descriptor(target.openFile());
                return open == null ? null : open.duplicate();
            default:
                return null;
        }
    }

    /** Whether what the watch at {@code index} is on was found. */
    boolean isFound(int index) {
        return ways[index] != Way.NONE;
    }

    /**
     * Whether its handle led to it, so that it is the inode that it was. A path or an open file may lead to another: that of a
     * deleted file is new, and some file systems number as they go.
     */
    boolean isByHandle(int index) {
        return ways[index] == Way.HANDLE;
    }

    /** When what the watch at {@code index} is on was changed last, as of when it was found; null when it was not. */
    Timestamp changed(int index) {
        return changed[index];
    }

    /** What the watch at {@code index} is on, to be closed soon; null when it was not found, or is gone since. */
    Fd open(int index) {
        Fd found = open(index, ways[index]);
        if (found == null || ways[index] != Way.PATH) {
            return found;
        }
        // A path may lead elsewhere by now; a handle or an open file cannot.
        boolean same = false;
        try {
            same = PathWay.tryRecognize(found, watches.get(index)) != null;
            return same ? found : null;
        } finally {
            if (!same) {
                found.close();
            }
        }
    }

    /** Goes back to where this thread was; needed before anything else is done there. */
    void leave() {
        handles.leave();
    }

    @Override
    public void close() {
        handles.close();
    }
}
