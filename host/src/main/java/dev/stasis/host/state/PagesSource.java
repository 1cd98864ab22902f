package dev.stasis.host.state;

import dev.stasis.linux.Pid;
import java.util.List;

/** All memory contents of an image. */
public interface PagesSource {

    /** The private memory of {@code task}; without runs when the image has none for it. */
    Pages of(Pid task);

    /** The shared anonymous memory object {@code id}; without runs when it holds no data. */
    Pages shared(long id);

    /** The System V segments of the image. */
    default List<SystemVSegment> segments() {
        return List.of();
    }

    /** All shared anonymous memory objects of the image with their sizes. */
    List<SharedMemory> sharedObjects();
}
