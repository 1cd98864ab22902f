package dev.stasis.plugins.inotify;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;

/** Opens, reads, writes or changes a stand-in, or an entry of it that is made for that. */
final class Touch {
    private Touch() {}

    /** Makes {@code event}, which is one of kind {@code what}, happen to {@code object} by {@code calls}. */
    static void make(EventMask what, InotifyEvent event, ScratchObject object, ScratchCalls calls) {
        boolean directory = event.mask().has(EventMask.ISDIR);
        if (event.name().length() > 0) {
            object.require(event.name(), directory, what);
        }
        object.watchFor(what);
        UnixPath path = object.path(event.name());
        if (what.equals(EventMask.ATTRIB)) {
            calls.permissions(object.base(), path, 0700);
        } else if (what.equals(EventMask.MODIFY)) {
            calls.open(object.base(), path, OpenFlags.WRONLY.with(OpenFlags.TRUNC));
        } else if (what.equals(EventMask.CLOSE_WRITE)) {
            calls.open(object.base(), path, OpenFlags.WRONLY);
        } else if (!what.equals(EventMask.ACCESS)) {
            calls.open(object.base(), path, OpenFlags.RDONLY);
        } else if (directory) {
            calls.readDirectory(object.base(), path);
        } else {
            calls.readFile(object.base(), path);
        }
    }
}
