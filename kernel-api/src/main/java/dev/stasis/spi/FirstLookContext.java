package dev.stasis.spi;

import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use while it looks at files of a tree that still runs, to have less to do when it stands still. */
@ProviderType
public interface FirstLookContext extends ClaimContext {

    /**
     * The image that is being begun. A file that is created here is given again, with what is in it, when the dump creates it by
     * {@link DumpContext#image()}; it is removed if nobody does. What is in it by the end of the look is summed up then, so whoever
     * changes that later makes the tree wait for its checksum.
     */
    ImageOutput image();

    /**
     * When the look began, in milliseconds since the epoch by the clock that file systems take their times from: before anything
     * of the tree was read.
     */
    long begunMillis();
}
