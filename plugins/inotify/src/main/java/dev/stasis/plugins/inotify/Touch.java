package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;

/** Opens, reads, writes or changes a stand-in, or an entry of it that is made for that. */
final class Touch {
    private Touch() {}

    /** Makes {@code event}, which is one of kind {@code what}, happen to {@code object}. */
    static void make(EventMask what, InotifyEvent event, ScratchObject object) {
        boolean directory = event.mask().has(EventMask.ISDIR);
        UnixPath name = event.name();
        if (name.length() > 0) {
            object.require(name, directory);
        }
        if (what.equals(EventMask.ATTRIB)) {
            DirectoryCalls.permissions(object.base(), object.path(name), 0700);
        } else if (what.equals(EventMask.MODIFY)) {
            object.open(name, OpenFlags.WRONLY.with(OpenFlags.TRUNC)).close();
        } else if (what.equals(EventMask.CLOSE_WRITE)) {
            object.open(name, OpenFlags.WRONLY).close();
        } else if (what.equals(EventMask.ACCESS)) {
            access(object, name, directory);
        } else {
            object.open(name, OpenFlags.RDONLY).close();
        }
    }

    private static void access(ScratchObject object, UnixPath name, boolean directory) {
        try (Fd file = object.open(name, directory ? OpenFlags.RDONLY : OpenFlags.RDWR)) {
            if (directory) {
                DirectoryCalls.list(file);
            } else {
                FileCalls.write(file, new byte[1]);
                FileCalls.position(file, 0);
                FileCalls.read(file, 1);
            }
        }
    }
}
