package dev.stasis.plugins.filelocks;

import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.TreeAspect;
import java.util.List;
import java.util.Set;

/**
 * Finds and writes the locks of a tree. Those of its processes that wait for a lock need nothing: the freeze interrupts their
 * call, and they make it again when they go on.
 */
final class LockDump implements DumpHook {

    @Override
    public DumpStage stage() {
        return DumpStage.FILES;
    }

    @Override
    public Set<TreeAspect> keeps() {
        return Set.of(TreeAspect.FILE_LOCKS);
    }

    @Override
    public List<Problem> check(List<OpenFile> files, ClaimContext context) {
        LockedFiles locked = LockedFiles.read();
        List<HeldLock> locks = LockSearch.find(files, locked);
        return locks.isEmpty() ? List.of() : new OtherParties(locked, files).check(locks);
    }

    @Override
    public void run(List<OpenFile> files, DumpContext context) {
        LockFile.write(LockSearch.find(files, LockedFiles.read()), context.image());
    }
}
