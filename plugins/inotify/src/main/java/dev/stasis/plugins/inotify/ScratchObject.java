package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;

/**
 * Stands in for something that was watched: a file or directory of the scratch space under a watch with the real number, for
 * just the kind of event that is wanted at the moment. What prepares an event is not seen, because the watch is not for it.
 */
final class ScratchObject implements AutoCloseable {
    private final Fd instance;
    private final WatchDescriptor watch;
    private final ScratchSpace space;
    private final ScratchSpace ownSpace;
    private final boolean directory;
    private final Map<UnixPath, Boolean> entries = new HashMap<>();
    private UnixPath path;
    private EventMask mask = EventMask.NOTHING;

    private ScratchObject(Fd instance, WatchDescriptor watch, ScratchSpace space, ScratchSpace ownSpace, boolean directory) {
        this.instance = instance;
        this.watch = watch;
        this.space = ownSpace == null ? space : ownSpace;
        this.ownSpace = ownSpace;
        this.directory = directory;
        this.path = this.space.newName();
    }

    /**
     * Makes one.
     *
     * @param directory whether it is a directory
     * @param mounted whether it is on a mount of its own, which {@link #unmount} takes away
     */
    static ScratchObject create(Fd instance, WatchDescriptor watch, ScratchSpace space, boolean directory, boolean mounted) {
        ScratchObject object =
                new ScratchObject(instance, watch, space, mounted ? ScratchSpace.create() : null, directory);
        make(object.space.root(), object.path, directory);
        InotifyCalls.next(instance, watch);
        object.watchFor(EventMask.DELETE_SELF);
        return object;
    }

    private static void make(Fd base, UnixPath path, boolean directory) {
        if (directory) {
            DirectoryCalls.make(base, path, 0700);
        } else {
            DirectoryCalls.makeFile(base, path, 0600);
        }
    }

    /** From now on only {@code wanted} is seen. */
    void watchFor(EventMask wanted) {
        if (wanted.equals(mask)) {
            return;
        }
        WatchDescriptor got = InotifyCalls.watch(instance, absolute(), wanted);
        mask = wanted;
        if (!got.equals(watch)) {
            throw new StasisException(new Problem(InotifyErrorCode.WATCH_MISNUMBERED, watch.toString(),
                    "the kernel gave it the number " + got.number(), ""));
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

    /** Sees to it that there is an entry {@code name} of this type. */
    void require(UnixPath name, boolean asDirectory) {
        Boolean is = entries.get(name);
        if (is != null && is != asDirectory) {
            forbid(name);
            is = null;
        }
        if (is == null) {
            make(base(), path(name), asDirectory);
            entries.put(name, asDirectory);
        }
    }

    /** Sees to it that there is no entry {@code name}. */
    void forbid(UnixPath name) {
        Boolean is = entries.remove(name);
        if (is == null) {
            return;
        }
        if (is) {
            DirectoryCalls.remove(base(), path(name));
        } else {
            DirectoryCalls.tryUnlink(base(), path(name));
        }
    }

    /** Notes that entry {@code name} came, or went when {@code type} is null. */
    void note(UnixPath name, Boolean type) {
        if (type == null) {
            entries.remove(name);
        } else {
            entries.put(name, type);
        }
    }

    /** Gives it another name: IN_MOVE_SELF. */
    void move() {
        UnixPath other = space.newName();
        DirectoryCalls.rename(base(), path, other);
        path = other;
    }

    /** Deletes it: IN_DELETE_SELF, when that is watched for, and IN_IGNORED. */
    void delete() {
        if (!directory) {
            DirectoryCalls.tryUnlink(base(), path);
            return;
        }
        for (UnixPath name : entries.keySet().toArray(new UnixPath[0])) {
            forbid(name);
        }
        DirectoryCalls.remove(base(), path);
    }

    /** Unmounts the file system that it is on: IN_UNMOUNT and IN_IGNORED. */
    void unmount() {
        ownSpace.close();
    }

    /** Opens itself or an entry. */
    Fd open(UnixPath name, OpenFlags flags) {
        return FileCalls.openAt(base(), path(name), flags, 0);
    }

    /** Takes the watch away: IN_IGNORED. */
    void unwatch() {
        InotifyCalls.tryRemove(instance, watch);
    }

    @Override
    public void close() {
        if (ownSpace != null) {
            ownSpace.close();
        }
    }
}
