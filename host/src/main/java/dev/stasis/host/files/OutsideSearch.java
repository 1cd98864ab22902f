package dev.stasis.host.files;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for processes outside of a tree that have open what the tree has open, by the paths and names that /proc shows. That takes some
 * milliseconds, so it is done while the tree still runs ({@link #ahead}), and only for trees that have files of which it matters.
 * When the tree stands still only what can have changed is looked at again: processes that came into being meanwhile (the kernel
 * tells the number that it gave last), and those that have left the tree. So nobody is missed who has a file by birth.
 *
 * <p>Missed is who gets one by other ways in between (a message over a socket), and a file that is renamed at that moment.
 */
public final class OutsideSearch {
    private static final UnixPath LAST_NUMBER = UnixPath.of("/proc/loadavg");
    private static final int LINE = 128;
    /** With more new processes than that all are looked at. */
    private static final int MANY = 5000;

    private final boolean done;
    private final int last;
    private final Set<Pid> tree;
    private final List<Found> found;

    private OutsideSearch(boolean done, int last, Set<Pid> tree, List<Found> found) {
        this.done = done;
        this.last = last;
        this.tree = tree;
        this.found = found;
    }

    /** Nothing was looked at yet. */
    public static OutsideSearch none() {
        return new OutsideSearch(false, -1, Set.of(), List.of());
    }

    /** Looks at who shares files with the {@code processes} of a tree, which may still run. */
    public static OutsideSearch ahead(List<Pid> processes) {
        int last = lastNumber();
        Set<UnixPath> paths = new HashSet<>();
        List<Found> nameless = new ArrayList<>();
        boolean matters = false;
        for (int i = 0; i < processes.size(); i++) {
            List<Found> all = DescriptorSearch.all(processes.get(i));
            for (int j = 0; j < all.size(); j++) {
                Found one = all.get(j);
                if (SameFiles.isNameOfMany(one.link())) {
                    paths.add(one.link());
                    nameless.add(one);
                } else if (isSocket(one.link())) {
                    paths.add(one.link());
                    matters = true;
                } else if (isPlace(one.link())) {
                    paths.add(one.link());
                    matters = matters || matters(one);
                }
            }
        }
        if (!matters && nameless.isEmpty()) {
            // Files opened from now on are the only ones of their kind: who has them by birth is young too.
            return new OutsideSearch(true, last, new HashSet<>(processes), List.of());
        }
        Set<Pid> tree = new HashSet<>(processes);
        Set<Pid> spared = new HashSet<>(tree);
        spared.add(ProcessCalls.self());
        return new OutsideSearch(true, last, tree, SameFiles.of(DescriptorSearch.find(paths, spared), nameless));
    }

    /** Whether /proc shows a file that may be shared as {@code link}. */
    private static boolean isLookedFor(UnixPath link) {
        return isPlace(link) || isSocket(link) || SameFiles.isNameOfMany(link);
    }

    private static boolean isSocket(UnixPath link) {
        return link.startsWith("socket:[");
    }

    /** Whether {@code link} is a path at which there may be a regular file. */
    private static boolean isPlace(UnixPath link) {
        return link.isAbsolute() && !link.startsWith("/dev/");
    }

    /** Whether it is a regular file whose position means anything to who writes or reads it. */
    private static boolean matters(Found one) {
        Optional<byte[]> info = ProcFile.tryRead(one.task(), "fdinfo/" + one.number());
        if (info.isEmpty()) {
            return false;
        }
        OpenFlags flags = new OpenFlags(DescriptorInfo.parse(info.get()).flags());
        if (flags.accessMode() == AccessMode.PATH || flags.has(OpenFlags.APPEND) && !one.link().endsWith(" (deleted)")) {
            return false;
        }
        Optional<FileStatus> status = FileCalls.tryStatus(ProcFile.path(one.task(), "fd/" + one.number()));
        return status.isPresent() && status.get().type() == FileType.REGULAR;
    }

    /**
     * The descriptors of processes that are not of {@code members}, the tree, and may be of one of {@code files}: at least those
     * that lead to the same paths. The tree stands still.
     */
    List<Found> candidates(List<ClaimedFile> files, Set<Pid> members) {
        int now = done ? lastNumber() : -1;
        List<Found> candidates = new ArrayList<>();
        if (!isRecent(now)) {
            addOutside(DescriptorSearch.find(pathsOf(files), spared(members)), members, candidates);
            return SameFiles.of(candidates, nameless(files));
        }
        addOutside(found, members, candidates);
        List<Pid> doubtful = doubtful(now, members);
        if (!doubtful.isEmpty()) {
            addOutside(DescriptorSearch.find(pathsOf(files), doubtful), members, candidates);
            return SameFiles.of(candidates, nameless(files));
        }
        return candidates;
    }

    /** Whether there was a look, and so little has happened since that what was {@code now} the last number tells it all. */
    private boolean isRecent(int now) {
        return done && now >= last && now - last <= MANY;
    }

    /**
     * Processes that are not of {@code members}, the tree, which stands still, and may have come into being or left the tree since
     * the look; all there are when there was none or much has happened.
     */
    public List<Pid> newcomers(Set<Pid> members) {
        int now = done ? lastNumber() : -1;
        if (isRecent(now)) {
            return doubtful(now, members);
        }
        List<Pid> all = new ArrayList<>(ProcFile.processes());
        all.removeAll(members);
        return all;
    }

    private List<Pid> doubtful(int now, Set<Pid> members) {
        List<Pid> doubtful = new ArrayList<>();
        for (Pid one : tree) {
            if (!members.contains(one)) {
                doubtful.add(one);
            }
        }
        for (int number = last + 1; number <= now; number++) {
            Pid one = new Pid(number);
            if (!members.contains(one) && isProcess(one)) {
                doubtful.add(one);
            }
        }
        return doubtful;
    }

    /** Threads have numbers of the same row, but all files of their process. */
    private static boolean isProcess(Pid one) {
        Optional<byte[]> status = ProcFile.tryRead(one, "status");
        return status.isPresent() && new String(status.get(), StandardCharsets.ISO_8859_1).contains("\nTgid:\t" + one + "\n");
    }

    private static void addOutside(List<Found> from, Set<Pid> members, List<Found> to) {
        Pid self = ProcessCalls.self();
        for (int i = 0; i < from.size(); i++) {
            Pid task = from.get(i).task();
            if (!members.contains(task) && !task.equals(self)) {
                to.add(from.get(i));
            }
        }
    }

    private static Set<Pid> spared(Set<Pid> members) {
        Set<Pid> spared = new HashSet<>(members);
        spared.add(ProcessCalls.self());
        return spared;
    }

    private static Set<UnixPath> pathsOf(List<ClaimedFile> files) {
        Set<UnixPath> paths = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i).file();
            if (file.hasDescriptor() && isLookedFor(file.link())) {
                paths.add(file.link());
            }
        }
        return paths;
    }

    /** A descriptor of each of {@code files} whose name says only of what kind it is. */
    private static List<Found> nameless(List<ClaimedFile> files) {
        List<Found> nameless = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i).file();
            if (file.hasDescriptor() && SameFiles.isNameOfMany(file.link())) {
                RemoteFd descriptor = OutsideCheck.descriptor(file);
                nameless.add(new Found(descriptor.task(), descriptor.number(), file.link()));
            }
        }
        return nameless;
    }

    /** The number that the kernel gave to a process or thread last, in the pid namespace of /proc. */
    private static int lastNumber() {
        try (Fd file = FileCalls.open(LAST_NUMBER, OpenFlags.RDONLY, 0)) {
            byte[] line = FileCalls.read(file, LINE);
            int number = 0;
            int factor = 1;
            for (int at = line.length - 1; at >= 0 && line[at] != ' '; at--) {
                if (line[at] >= '0' && line[at] <= '9') {
                    number += factor * (line[at] - '0');
                    factor *= 10;
                }
            }
            return number;
        }
    }
}
