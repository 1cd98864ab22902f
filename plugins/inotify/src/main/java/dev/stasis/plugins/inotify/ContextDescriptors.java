package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** Those of a dump, or of what judges beforehand. */
record ContextDescriptors(ClaimContext context) implements Descriptors {
    @Override
    public Fd of(OpenFile file) {
        return file.hasDescriptor() ? context.descriptor(file) : null;
    }
}
