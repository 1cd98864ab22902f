package dev.stasis.host.state;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import java.util.List;

/** Where the contents of one address space, or of one shared memory object, are written to. One thread at a time. */
public interface PagesOutput {

    /**
     * The file that takes the pages, open for reading and writing and empty at first; pages stand in it one after another
     * from offset 0. Borrowed: it belongs to this output and
     * stays open until {@link #finish} at least.
     */
    Fd descriptor();

    /** The path of that file, for messages about a failure to write it. */
    String path();

    /** What to throw when the kernel refused, with {@code cause}, to write that file: an error that names it. */
    default RuntimeException refused(KernelException cause) {
        return cause;
    }

    /**
     * Says that the first {@code bytes} bytes will not change any more, so that their checksum can be computed meanwhile;
     * worth a call for every few MiB, but not needed.
     */
    default void written(long bytes) {}

    /**
     * Says which pages are not written because the parent, whose memory the image holds too, has them at the same addresses:
     * ascending, apart from those written. Once at most, before {@link #finish}.
     */
    default void inherit(List<PageRun> pages) {
        throw new UnsupportedOperationException("pages of the parent");
    }

    /**
     * Says what was written: {@code runs}, ascending by start without overlap, each with the offset where its first page
     * stands, without gaps from offset 0. Must be called once, also when there were no pages.
     */
    void finish(List<PageRun> runs);
}
