package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.fs.OpenFlags;
import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use during a restore. */
@ProviderType
public interface RestoreContext {

    /** The image being read. */
    ImageInput image();

    /** Opens the location of {@code record} with {@code flags}, through the remaps it needs; the caller owns the descriptor. */
    Fd open(FileRecord record, OpenFlags flags);

    /** A scope for calls that {@code task} itself must make; from {@link RestoreStage#DEFERRED} on. */
    RemoteCalls remoteCalls(Pid task);

    /** The values of plugin options. */
    Options options();

    /** Where to say what happens. */
    Log log();
}
