package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use during a dump. */
@ProviderType
public interface DumpContext extends ClaimContext {

    /** The image being written. */
    ImageOutput image();

    /**
     * The directory that the path of {@code file} is relative to: the root of its remapped mount where that can be looked at,
     * the host's root otherwise. Borrowed, valid until the dump ends.
     */
    Fd base(OpenFile file);

    /** A scope for calls that {@code task} itself must make; close it before asking for another. */
    RemoteCalls remoteCalls(Pid task);
}
