package dev.stasis.spi;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One kind of open file: how it is recognised, written and made again.
 *
 * <p>Order of a dump: {@link #claim} for every open file, then {@link #dump} for each one taken, at {@link #dumpStage()}.
 * Order of a restore: {@link #plan} for each record before any process exists, then {@link #restore} for each, then, when
 * all files of all tasks stand, {@link #restoreDeferred} for each. Never two calls at once.
 */
@ConsumerType
public interface FdKind {

    /** The name in images and messages, such as {@code regular-file}; unique among all kinds. */
    String name();

    /** Where its entries stand in the image. */
    ImageType imageType();

    /** When its files are dumped: {@link DumpStage#FILES} or {@link DumpStage#LATE}. */
    default DumpStage dumpStage() {
        return DumpStage.FILES;
    }

    /** Names of kinds whose files must be dumped (and later restored) before its own; unknown names do not matter. */
    default Set<String> after() {
        return Set.of();
    }

    /**
     * Whether {@link #claim} takes long for the file behind {@code descriptor}, which /proc shows as {@code link}, and less
     * the second time: then the tree's files are looked at, by a claim that counts for nothing, while it still runs. Those of
     * trees with many files always are. Must not disturb the task, which runs and may close the descriptor meanwhile.
     */
    default boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        return false;
    }

    /**
     * Looks at those {@code files} that it claimed, of a tree that still runs, to have less to do when it stands still: see
     * {@link PathRemap#lookAhead}, of which all holds here too.
     */
    default void lookAhead(List<OpenFile> files, FirstLookContext context) {}

    /** Whether it keeps {@code file}. Looks only: must not change, read from or open anything. */
    Claim claim(OpenFile file, ClaimContext context);

    /**
     * What is wrong with keeping {@code file}, which it claimed and which processes outside of the tree share: they have the very
     * same open file description, and the restored tree will have another. Asked only where there are any, of files that /proc
     * shows by a path not below /dev, as anonymous inodes ({@code anon_inode:...}) or as sockets.
     *
     * @param outside at least one descriptor of such a process
     */
    default List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return List.of();
    }

    /** Keeps {@code file}; returns the kind's own message. A failure ends the dump and leaves the tree running. */
    byte[] dump(OpenFile file, DumpContext context);

    /** Finds what would make {@link #restore} fail, as far as looking can tell. No process exists yet. */
    default List<Problem> plan(FileRecord record, RestoreContext context) {
        return List.of();
    }

    /**
     * Whether {@link #restore} can make the file only when the processes of the tree exist, as it is with files of /proc/PID. Asked
     * after {@link #plan}, when none exists yet. Such files are made last; threads do not exist then either.
     */
    default boolean needsProcesses(FileRecord record, RestoreContext context) {
        return false;
    }

    /**
     * Makes the file again in the host and returns a descriptor of it, which the host then owns, places into every task that
     * holds it and closes. Access mode and status flags are the kind's to set; descriptor flags and owner are the host's.
     */
    Fd restore(FileRecord record, RestoreContext context);

    /** Adds what must come after all files of all tasks. The descriptor is borrowed. */
    default void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {}

    /** One line about {@code record}, for people who look into an image. */
    default String describe(FileRecord record) {
        return record.link().toString();
    }
}
