package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.HashMap;
import java.util.Map;

/**
 * Stands in for something that was watched: a file or directory of the scratch space under a watch with the real number, for
 * just the kind of event that is wanted at the moment. What prepares an event is never seen: as long as the watch is for
 * what is done to prepare, it is not done (see {@link #quietly}).
 */
final class ScratchObject implements AutoCloseable {
    /** Sees nothing that is done to entries. */
    private static final EventMask NO_ENTRIES = EventMask.DELETE_SELF;

    private final WatchDescriptor watch;
    private final ScratchSpace space;
    private final ScratchSpace ownSpace;
    private final ScratchCalls calls;
    private final boolean directory;
    private final Map<UnixPath, Boolean> entries = new HashMap<>();
    private UnixPath path;
    private EventMask mask = EventMask.NOTHING;

    private ScratchObject(WatchDescriptor watch, ScratchSpace space, ScratchSpace ownSpace, ScratchCalls calls, boolean directory) {
        this.watch = watch;
        this.space = ownSpace == null ? space : ownSpace;
        this.ownSpace = ownSpace;
        this.calls = calls;
        this.directory = directory;
        this.path = this.space.newName();
    }

    /**
     * Makes one.
     *
     * @param calls what is done to it is done by these
     * @param directory whether it is a directory
     * @param mounted whether it is on a mount of its own, which {@link #unmount} takes away
     */
    static ScratchObject create(WatchDescriptor watch, ScratchSpace space, ScratchCalls calls, boolean directory, boolean mounted) {
        ScratchObject object = new ScratchObject(watch, space, mounted ? ScratchSpace.create() : null, calls, directory);
        if (directory) {
            calls.makeDirectory(object.base(), object.path);
        } else {
            calls.makeFile(object.base(), object.path);
        }
        calls.next(watch);
        object.watchFor(NO_ENTRIES);
        return object;
    }

    /** From now on only {@code wanted} is seen. */
    void watchFor(EventMask wanted) {
        if (!wanted.equals(mask)) {
            calls.watch(absolute(), wanted, watch);
            mask = wanted;
        }
    }

    private UnixPath absolute() {
        return UnixPath.of("/proc/self/fd/" + space.root().number()).resolve(path);
    }

    /** The directory that paths are relative to. */
    Fd base() {
        return space.root();
    }

    /** Itself for an empty name, else the entry {@code name}. */
    UnixPath path(UnixPath name) {
        return name.length() == 0 ? path : path.resolve(name);
    }

    boolean isOnMountOfItsOwn() {
        return ownSpace != null;
    }

    /** Sees to it that {@code what} is not seen for now; what is wanted next is {@code next}, so that is watched for if it does not see it. */
    private void quietly(EventMask what, EventMask next) {
        if (mask.hasAny(what)) {
            watchFor(next.hasAny(what) ? NO_ENTRIES : next);
        }
    }

    /** Sees to it, unseen, that there is an entry {@code name} of this type, before {@code next} is watched for. */
    void require(UnixPath name, boolean asDirectory, EventMask next) {
        Boolean is = entries.get(name);
        if (is != null && is != asDirectory) {
            forbid(name, next);
            is = null;
        }
        if (is == null) {
            quietly(EventMask.CREATE, next);
            create(name, asDirectory);
        }
    }

    /** Sees to it, unseen, that there is no entry {@code name}, before {@code next} is watched for. */
    void forbid(UnixPath name, EventMask next) {
        if (entries.containsKey(name)) {
            quietly(EventMask.DELETE, next);
            remove(name);
        }
    }

    /** Makes the entry {@code name}, which must be free: IN_CREATE. */
    void create(UnixPath name, boolean asDirectory) {
        space.makeEntry(path(name), asDirectory, calls);
        entries.put(name, asDirectory);
    }

    /** Removes the entry {@code name}, which must be there: IN_DELETE. */
    void remove(UnixPath name) {
        calls.unlink(base(), path(name), entries.remove(name));
    }

    /** Renames {@code name} to where nothing is watched: IN_MOVED_FROM alone. */
    void moveOut(UnixPath name) {
        calls.rename(base(), path(name), base(), space.newName());
        entries.remove(name);
    }

    /** Renames something that is not watched to {@code name}, which must be free: IN_MOVED_TO alone. */
    void moveIn(UnixPath name, boolean asDirectory) {
        UnixPath from = space.newName();
        space.makeEntry(from, asDirectory, calls);
        calls.rename(base(), from, base(), path(name));
        entries.put(name, asDirectory);
    }

    /** Renames {@code name} to {@code newName} of {@code to}, which must be free and on the same file system: both halves, with one cookie. */
    void rename(UnixPath name, ScratchObject to, UnixPath newName) {
        calls.rename(base(), path(name), to.base(), to.path(newName));
        to.entries.put(newName, entries.remove(name));
    }

    /** Gives it another name: IN_MOVE_SELF. */
    void move() {
        UnixPath other = space.newName();
        calls.rename(base(), path, base(), other);
        path = other;
    }

    /** Deletes it: IN_DELETE_SELF, when that is watched for, and IN_IGNORED. */
    void delete() {
        for (UnixPath name : entries.keySet().toArray(new UnixPath[0])) {
            forbid(name, EventMask.DELETE_SELF);
        }
        calls.unlink(base(), path, directory);
    }

    /** Unmounts the file system that it is on: IN_UNMOUNT and IN_IGNORED. */
    void unmount() {
        close();
    }

    /** Takes the watch away: IN_IGNORED. */
    void unwatch() {
        calls.unwatch(watch);
    }

    @Override
    public void close() {
        if (ownSpace != null && ownSpace.root().isOpen()) {
            calls.flush();
            ownSpace.close();
        }
    }
}
