package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.util.List;

/** Finds files whose SIGIO goes to somebody outside the tree, who may be somebody else when the tree comes back. */
final class OwnerCheck {
    private static final int THREAD = 0;

    private final Chain chain;

    OwnerCheck(Chain chain) {
        this.chain = chain;
    }

    /** Adds to {@code problems} what is wrong with the owner of {@code file}. */
    void check(OpenFile file, List<Problem> problems) {
        FileOwner owner = file.owner();
        if (owner.id() == 0 || isInTree(owner)) {
            return;
        }
        String who = owner.type() == 2 ? "process group " : owner.type() == THREAD ? "thread " : "process ";
        problems.add(new Problem(FilesErrorCode.FILE_OWNER_OUTSIDE, FileClaims.subject(file),
                "its signals (F_SETOWN) go to " + who + owner.id() + ", which is not part of the tree", ""));
    }

    /** A process group counts as the tree's own when its leader is. */
    private boolean isInTree(FileOwner owner) {
        Pid id = new Pid(owner.id());
        if (chain.tasks().contains(id)) {
            return true;
        }
        if (owner.type() == THREAD) {
            for (Pid task : chain.tasks()) {
                if (ProcFile.threads(task).contains(id)) {
                    return true;
                }
            }
        }
        return false;
    }
}
