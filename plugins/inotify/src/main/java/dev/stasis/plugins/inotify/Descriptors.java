package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.spi.OpenFile;

/** The descriptors that this process has of a tree's open files. */
interface Descriptors {
    /** That of {@code file}, borrowed; null when there is none. */
    Fd of(OpenFile file);
}
