package dev.stasis.host.state;

import dev.stasis.linux.Fd;
import java.util.List;

/** The contents of one address space, or of one shared memory object, as an image holds them. Any thread may ask. */
public interface Pages {

    /** The file that holds them, open for reading; borrowed, valid until the {@link PagesSource} is closed. */
    Fd descriptor();

    /** What is where in it, ascending by start. */
    List<PageRun> runs();

    /**
     * Pages that are those which the parent has at the same addresses, ascending by start and apart from {@link #runs()}; what
     * the parent has none of is zero. Their image offsets mean nothing.
     */
    default List<PageRun> inherited() {
        return List.of();
    }
}
