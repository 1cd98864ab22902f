package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.InotifyEvent;

/** Tells events of the tool's own doing from those of others, as they stand in a queue. */
sealed interface OwnEvents permits OwnReads, SearchEvents {

    /** Whether {@code event}, the next of a queue, is or may be the tool's own doing. */
    boolean isOne(InotifyEvent event);
}
