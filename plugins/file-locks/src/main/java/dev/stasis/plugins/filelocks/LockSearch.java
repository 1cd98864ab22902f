package dev.stasis.plugins.filelocks;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the locks that a tree holds. Only descriptors of files that have locks at all are asked. */
final class LockSearch {
    private final List<HeldLock> found = new ArrayList<>();
    private final Set<Pid> asked = new HashSet<>();

    private LockSearch() {}

    /** The locks of the tree with {@code files}; {@code locked} are those of the system. */
    static List<HeldLock> find(List<OpenFile> files, LockedFiles locked) {
        LockSearch search = new LockSearch();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (file.hasDescriptor() && locked.mayHold(file.status())) {
                search.ask(file);
            }
        }
        return search.found;
    }

    /** One descriptor of each process: a descriptor shows the locks of its open file, and of those of processes its own. */
    private void ask(OpenFile file) {
        asked.clear();
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor && asked.add(descriptor.task())) {
                Optional<byte[]> info = ProcFile.tryRead(descriptor.task(), "fdinfo/" + descriptor.number());
                if (info.isPresent()) {
                    add(file, descriptor, FileLock.parseDescriptor(info.get()));
                }
            }
        }
    }

    private void add(OpenFile file, Holder.Descriptor shownBy, List<FileLock> locks) {
        for (FileLock lock : locks) {
            HeldLock held = new HeldLock(lock, file, setter(file, shownBy, lock));
            if (!isKnown(held)) {
                found.add(held);
            }
        }
    }

    /** Several processes show the locks of a file that they share, and those of processes whose descriptor table they share. */
    private boolean isKnown(HeldLock held) {
        for (int i = found.size() - 1; i >= 0 && found.get(i).file() == held.file(); i--) {
            FileLock known = found.get(i).lock();
            if (known.kind() == held.lock().kind() && known.pid() == held.lock().pid() && known.start() == held.lock().start()
                    && known.end() == held.lock().end()) {
                return true;
            }
        }
        return false;
    }

    private static Holder.Descriptor setter(OpenFile file, Holder.Descriptor shownBy, FileLock lock) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor && descriptor.task().number() == lock.pid()) {
                return descriptor;
            }
        }
        return shownBy;
    }
}
