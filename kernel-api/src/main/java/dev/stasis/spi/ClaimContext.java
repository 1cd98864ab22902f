package dev.stasis.spi;

import dev.stasis.linux.Fd;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use while it looks at an open file. */
@ProviderType
public interface ClaimContext {

    /**
     * All open files of the tree, in the order of tasks and descriptors, the one in question among them. The very same list in
     * all calls of one dump, and another one in the next.
     */
    List<OpenFile> files();

    /** A descriptor in this process of the same open file description; borrowed, valid until the dump ends. */
    Fd descriptor(OpenFile file);

    /** Has the host close {@code resource} when the dump, or the look at a running tree, is over; returns it. */
    <T extends AutoCloseable> T own(T resource);

    /** The values of plugin options. */
    Options options();

    /** Where to say what happens. */
    Log log();
}
