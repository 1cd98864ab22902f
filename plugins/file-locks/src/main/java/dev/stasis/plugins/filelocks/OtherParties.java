package dev.stasis.plugins.filelocks;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds processes outside of a tree that have to do with its locks: those that wait for one would get it when the tree ends,
 * and those that have the open file of one keep it when the tree ends.
 */
final class OtherParties {
    private final LockedFiles locked;
    private final Set<Pid> tree = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    OtherParties(LockedFiles locked, List<OpenFile> files) {
        this.locked = locked;
        for (OpenFile file : files) {
            for (Holder holder : file.holders()) {
                tree.add(holder.task());
            }
        }
    }

    /** What stands in the way of keeping {@code locks}. */
    List<Problem> check(List<HeldLock> locks) {
        for (HeldLock held : locks) {
            checkSort(held);
            checkWaiters(held);
        }
        checkSharers(locks);
        return problems;
    }

    private void checkSort(HeldLock held) {
        if (held.lock().kind() == FileLock.Kind.OTHER || held.lock().access() == FileLock.Access.NOTHING && !held.lock().isBreaking()) {
            problems.add(new Problem(FileLocksErrorCode.LOCK_UNKNOWN, held.subject(),
                    "there is a lock on it that only the kernel can set", ""));
        }
    }

    /** In /proc/locks those who wait follow the lock that they wait for, under its number. */
    private void checkWaiters(HeldLock held) {
        boolean told = false;
        long group = -1;
        for (FileLock lock : locked.locks()) {
            if (!lock.waits()) {
                group = isSame(lock, held.lock()) ? lock.group() : -1;
            } else if (lock.group() == group && !isOfTree(lock.pid())) {
                problems.add(wanted(held, lock));
                told = true;
            }
        }
        if (held.lock().isBreaking() && !told) {
            problems.add(new Problem(FileLocksErrorCode.LOCK_WANTED_OUTSIDE, held.subject(),
                    "its lease is being broken by another process", "dump the tree when it has given up the lease"));
        }
    }

    private static boolean isSame(FileLock one, FileLock other) {
        return one.kind() == other.kind() && one.inode() == other.inode() && one.device().equals(other.device())
                && one.pid() == other.pid() && one.access() == other.access() && one.start() == other.start()
                && one.end() == other.end();
    }

    private boolean isOfTree(int pid) {
        return pid > 0 && tree.contains(new Pid(pid));
    }

    private static Problem wanted(HeldLock held, FileLock wish) {
        String who = wish.pid() > 0 ? process(new Pid(wish.pid())) : asleep(held);
        String reason = held.lock().kind() == FileLock.Kind.LEASE
                ? who + ", which is not of the tree, breaks its " + held.lock().describe()
                : who + ", which is not of the tree, waits for its " + held.lock().describe();
        return new Problem(FileLocksErrorCode.LOCK_WANTED_OUTSIDE, held.subject(), reason,
                "end that process, or dump the tree that has both of them");
    }

    /** The kernel does not tell who waits for the lock of an open file: what a process is doing does. */
    private static String asleep(HeldLock held) {
        for (DescriptorSearch.Found found : DescriptorSearch.find(Set.of(held.file().link()), Set.of())) {
            for (Pid thread : ProcFile.threads(found.task())) {
                String wanted = "72 0x" + Integer.toHexString(found.number()) + " 0x26 "; // fcntl F_OFD_SETLKW
                if (call(thread).startsWith(wanted)) {
                    return process(found.task());
                }
            }
        }
        return "a process";
    }

    private static String call(Pid thread) {
        try {
            return new String(ProcFile.read(thread, "syscall"), StandardCharsets.ISO_8859_1);
        } catch (KernelException e) {
            return ""; // it ended meanwhile, or is hidden from us
        }
    }

    private void checkSharers(List<HeldLock> locks) {
        Set<UnixPath> links = new HashSet<>();
        for (HeldLock held : locks) {
            if (held.belongsToFile()) {
                links.add(held.file().link());
            }
        }
        if (links.isEmpty()) {
            return;
        }
        Set<Pid> spared = new HashSet<>(tree);
        spared.add(ProcessCalls.self());
        for (DescriptorSearch.Found found : DescriptorSearch.find(links, spared)) {
            for (HeldLock held : locks) {
                if (held.belongsToFile() && held.file().link().equals(found.link()) && isSameFile(held, found)) {
                    problems.add(new Problem(FileLocksErrorCode.LOCK_SHARED_OUTSIDE, held.subject(), process(found.task())
                            + ", which is not of the tree, has the same open file (fd " + found.number() + ") and with it its "
                            + held.lock().describe(), "dump the tree that has both of them, or end that process"));
                }
            }
        }
    }

    private static boolean isSameFile(HeldLock held, DescriptorSearch.Found found) {
        try {
            return ProcessCalls.isSameFile(new RemoteFd(held.setter().task(), held.setter().number()),
                    new RemoteFd(found.task(), found.number()));
        } catch (KernelException e) {
            return false; // closed meanwhile
        }
    }

    /** Such as {@code process 17 (sleep)}. */
    static String process(Pid pid) {
        Optional<byte[]> name = ProcFile.tryRead(pid, "comm");
        return "process " + pid + (name.isEmpty() ? "" : " (" + new String(name.get(), StandardCharsets.UTF_8).strip() + ")");
    }
}
