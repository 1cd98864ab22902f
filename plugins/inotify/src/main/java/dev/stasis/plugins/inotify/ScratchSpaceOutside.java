package dev.stasis.plugins.inotify;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;

/** Renames from and to where nothing is watched. */
final class ScratchSpaceOutside {
    private final ScratchSpace space;

    ScratchSpaceOutside(ScratchSpace space) {
        this.space = space;
    }

    /** Renames {@code name} of {@code object} away: IN_MOVED_FROM alone. */
    void moveOut(ScratchObject object, UnixPath name, boolean directory) {
        DirectoryCalls.rename(object.base(), object.path(name), space.newName());
        object.note(name, null);
    }

    /** Renames something to {@code name} of {@code object}, which must be free: IN_MOVED_TO alone. */
    void moveIn(ScratchObject object, UnixPath name, boolean directory) {
        UnixPath from = space.newName();
        if (directory) {
            DirectoryCalls.make(object.base(), from, 0700);
        } else {
            DirectoryCalls.makeFile(object.base(), from, 0600);
        }
        DirectoryCalls.rename(object.base(), from, object.path(name));
        object.note(name, directory);
    }

    /** Renames an entry of one to an entry of the other: both halves, with one cookie. Both must be of one file system. */
    void rename(ScratchObject from, UnixPath name, ScratchObject to, UnixPath newName, boolean directory) {
        DirectoryCalls.rename(from.base(), from.path(name), to.path(newName));
        from.note(name, null);
        to.note(newName, directory);
    }
}
