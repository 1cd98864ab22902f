package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use during a restore. */
@ProviderType
public interface RestoreContext {

    /** The image being read. */
    ImageInput image();

    /** Opens the location of {@code record} with {@code flags}, through the remaps it needs; the caller owns the descriptor. */
    Fd open(FileRecord record, OpenFlags flags);

    /**
     * The open file {@code id} as it was made again; borrowed, valid until the restore ends. Empty until it is made: all are
     * from {@link RestoreStage#DEFERRED} on.
     */
    Optional<Fd> restored(OpenFileId id);

    /**
     * A scope for calls that {@code task} itself must make; from {@link RestoreStage#DEFERRED} on, and before that in
     * {@link FdKind#restore} of files that {@linkplain FdKind#needsProcesses need processes}: then the task has no descriptors
     * yet, and must be left with none.
     */
    RemoteCalls remoteCalls(Pid task);

    /**
     * Makes {@code terminal}, which is borrowed until the tasks are born, the controlling terminal of the session that process
     * {@code leader} leads. From hooks at {@link RestoreStage#TASKS}, or earlier: what is born in a session has the terminal
     * from its parent, and can get it in no other way.
     */
    void controllingTerminal(Pid leader, Fd terminal);

    /** All files of the image, in the order in which they are made again. */
    List<FileRecord> records();

    /** Has the host close {@code resource} when the restore is over, however it ends; returns it. Closing it earlier is fine. */
    <T extends AutoCloseable> T own(T resource);

    /** The values of plugin options. */
    Options options();

    /** Where to say what happens. */
    Log log();
}
