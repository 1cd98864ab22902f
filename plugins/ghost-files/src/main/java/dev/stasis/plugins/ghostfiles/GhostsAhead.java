package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deleted files of a tree that still runs, read and copied into the image as far as {@link FirstLookRules} allow; and which of
 * that still holds when the tree stands still. From one thread.
 */
final class GhostsAhead {
    /** The image file of contents that were copied ahead. */
    static final String CONTENTS = "stasis-ghost-files-contents.img";

    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);
    /** How far the clock may be set meanwhile. */
    private static final long STEADY_NANOS = 10_000_000;

    private static final UnixPath NO_ATTRIBUTE = UnixPath.of("trusted.stasis.none");

    private final Map<InodeId, SeenGhost> seen = new HashMap<>();
    private final long clock = clock();
    private final Linkability linkability = new Linkability();
    private FileStatus contents;
    private List<OpenFile> dump;
    private Set<Long> writtenUnseen;
    private boolean steady;
    private Boolean given;

    /** What is known when there was no look. */
    static GhostsAhead none() {
        return new GhostsAhead();
    }

    /** Looks at those of {@code files} that are deleted regular files. */
    static GhostsAhead look(List<OpenFile> files, FirstLookContext context) {
        GhostsAhead ahead = new GhostsAhead();
        if (FirstLookRules.isWatched(context.files())) {
            return ahead;
        }
        FirstLookRules rules = new FirstLookRules(context);
        try (GhostPack pack = new GhostPack(context.image().create(CONTENTS))) {
            boolean relink = GhostPlacement.of(context.options()) == GhostPlacement.RELINK;
            for (int i = 0; i < files.size(); i++) {
                ahead.look(files.get(i), rules, pack, relink, context);
            }
            pack.flush();
            ahead.contents = pack.status();
        }
        return ahead;
    }

    /** How far the clock of file systems is from one that is never set. */
    private static long clock() {
        return System.currentTimeMillis() * 1_000_000 - System.nanoTime();
    }

    private void look(OpenFile file, FirstLookRules rules, GhostPack pack, boolean relink, FirstLookContext context) {
        if (file.status().type() != FileType.REGULAR || file.status().links() > 0 || seen.containsKey(file.status().inode())
                || !(file.holders().get(0) instanceof Holder.Descriptor descriptor)) {
            return;
        }
        // By O_PATH first: another file may have the descriptor by now, one that minds being opened.
        try (Fd found = FileCalls.open(ProcFile.path(descriptor.task(), "fd/" + descriptor.number()), OpenFlags.PATH, 0)) {
            FileStatus now = FileCalls.status(found);
            if (now.inode().equals(file.status().inode()) && now.changed().equals(file.status().changed())
                    && rules.allow(now, found)) {
                ghost_inode_entry.Builder entry = InodeEntry.of(now);
                linkability.add(file, found, entry, context);
                look(now, found, entry, rules, pack, relink);
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT)) {
                throw e;
            }
            // It was closed, or cannot be read: the dump will see.
        }
    }

    private void look(FileStatus status, Fd found, ghost_inode_entry.Builder entry, FirstLookRules rules, GhostPack pack,
            boolean relink) {
        InodeEntry.addAttributes(found, entry);
        try (Fd source = FileCalls.open(UnixPath.of("/proc/self/fd/" + found.number()), READ, 0)) {
            InodeEntry.addFlags(source, entry);
            ghost_inode_entry bare = entry.build();
            SeenGhost ghost = SeenGhost.left(status, bare);
            if (relink && status.blocks() * 512 >= GhostPlacement.LARGE && FileSystemCalls.sharesBlocks(source)) {
                DirectoryCalls.sync(source); // or it is done while the tree stands still, by whoever shares the blocks
            } else if (rules.allowContents(status, source, entry) && hasAwaitedWriters(source)
                    && !rules.isWrittenUnseen(status, source)) {
                ghost = SeenGhost.copied(status, bare, withContents(status, source, entry, pack));
            }
            seen.put(status.inode(), ghost);
        }
    }

    private static ghost_inode_entry withContents(FileStatus status, Fd source, ghost_inode_entry.Builder entry, GhostPack pack) {
        InodeEntry.addExtents(Extent.of(source, status.size()), entry);
        return entry.setContentsPlace(pack.addContents(entry.getExtentsList(), source)).build();
    }

    /**
     * Whoever began to write before the times were asked for need not have come to an end, but he has the inode's lock; who writes
     * directly shares it, so that reading would not wait for him. Taking an attribute away needs the lock alone, also one that
     * is not there, by which nothing is changed. False when that cannot be done.
     */
    private static boolean hasAwaitedWriters(Fd source) {
        try {
            return !AttributeCalls.remove(source, NO_ATTRIBUTE);
        } catch (KernelException e) {
            return false;
        }
    }

    /** What was seen of {@code file}, if its inode has not changed since; else null. */
    SeenGhost unchanged(OpenFile file, ClaimContext context) {
        SeenGhost known = seen.get(file.status().inode());
        return known != null && isSteady(context) && known.isUnchanged(file.status()) ? known : null;
    }

    /** Whether the contents that were copied of {@code ghost}, which is unchanged, are those that it has. */
    boolean holdsContents(SeenGhost ghost, ClaimContext context) {
        return ghost.copied() && isSteady(context) && !writtenUnseen.contains(ghost.status().inode().number());
    }

    /** Looks once for each dump what does not depend on the file. */
    private boolean isSteady(ClaimContext context) {
        if (dump != context.files()) {
            dump = context.files();
            writtenUnseen = FirstLookRules.writtenUnseen(dump);
            steady = Math.abs(clock() - clock) < STEADY_NANOS;
            given = null;
        }
        return steady;
    }

    /** Whether the image of this dump has the contents that were copied; asks for their file once. */
    boolean isIn(DumpContext context) {
        if (given == null) {
            try (Fd file = context.image().create(CONTENTS)) {
                FileStatus now = FileCalls.status(file);
                given = contents != null && now.inode().equals(contents.inode()) && now.size() == contents.size();
            }
        }
        return given;
    }
}
