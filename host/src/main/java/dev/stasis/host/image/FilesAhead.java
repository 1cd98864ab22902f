package dev.stasis.host.image;

import dev.stasis.linux.Fd;
import dev.stasis.spi.ImageOutput;

/**
 * What plugins write into an image before the tree stands still: what they create here, {@link ImageWriter#create} gives them
 * again. What nobody asks for again is removed before the seal.
 */
public final class FilesAhead implements ImageOutput {
    private final PluginFiles files;

    FilesAhead(PluginFiles files) {
        this.files = files;
    }

    @Override
    public Fd create(String name) {
        return files.createAhead(name);
    }

    /** All is written: it is summed up. */
    public void sumUp() {
        files.sumUpAhead();
    }

    /** It is of no use: it is removed. */
    public void drop() {
        files.dropAhead();
    }
}
