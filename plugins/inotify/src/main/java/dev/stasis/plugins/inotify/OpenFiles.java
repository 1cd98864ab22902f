package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.spi.OpenFileId;

/** Where descriptors of the tree's open files are had. */
interface OpenFiles {

    /** A descriptor of {@code id}, borrowed; null when there is none (yet). */
    Fd descriptor(OpenFileId id);
}
