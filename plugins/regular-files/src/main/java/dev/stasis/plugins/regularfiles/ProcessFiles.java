package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import java.util.List;
import java.util.Optional;

/** Files below /proc/PID: those of the tree's own processes come into being again with them. */
final class ProcessFiles {
    /** The magic number of proc. */
    static final int PROC = 0x9fa0;

    private static final String ROOT = "/proc/";

    private ProcessFiles() {}

    /** Whether {@code record} is the file of a process. */
    static boolean isOne(FileRecord record, FileEntry entry) {
        return entry.pseudoFileSystem() == PROC && directory(record.location().path()) != null;
    }

    /** Whether {@code record} may be the file of a process, as far as its path tells. */
    static boolean mayBeOne(FileRecord record) {
        LocationRecord location = record.location();
        return location != null && location.pathRemap().isEmpty() && location.mountRemap().isEmpty()
                && location.path().startsWith(ROOT);
    }

    /**
     * What is wrong with it. Before a restore no process of the tree exists; so if the process does, it is another one,
     * and nothing tells whether it is the one that was meant.
     */
    static List<Problem> plan(FileRecord record, Options options) {
        if (options.isSet(ChangeCheck.TAKE_CHANGED) || !exists(record)) {
            return List.of();
        }
        return List.of(new Problem(RegularFilesErrorCode.FILE_OF_ANOTHER_PROCESS, ChangeCheck.subject(record),
                "it belongs to a process outside the tree, which may be another one now",
                "give --" + ChangeCheck.TAKE_CHANGED + " to take it as it is"));
    }

    /**
     * Whether the process lives that {@code record}, which is the file of one, is of. One that has ended may be of the very tree that
     * was dumped, and not have been reaped yet.
     */
    static boolean exists(FileRecord record) {
        UnixPath name = directory(record.location().path()).fileName();
        Optional<byte[]> stat = ProcFile.tryRead(new Pid(Integer.parseInt(name.toString())), "stat");
        return stat.isPresent() && !TaskStat.parse(stat.get()).isZombie();
    }

    /**
     * Whether what {@code path} leads to, on proc, comes only with a thread, a descriptor or a mapping: of these there are none
     * yet when a restored process gets its files.
     */
    static boolean isOfPart(UnixPath path) {
        UnixPath process = directory(path);
        if (process == null) {
            return false;
        }
        UnixPath own = process.resolve("task").resolve(process.fileName());
        if (isBelow(path, process.resolve("task"))) {
            boolean main = path.equals(own) || isBelow(path, own);
            return !main || isOfPart(path, own);
        }
        return isOfPart(path, process);
    }

    private static boolean isOfPart(UnixPath path, UnixPath owner) {
        return isBelow(path, owner.resolve("fd")) || isBelow(path, owner.resolve("fdinfo"))
                || isBelow(path, owner.resolve("map_files"));
    }

    private static boolean isBelow(UnixPath path, UnixPath directory) {
        return path.startsWith(directory + "/");
    }

    /** The first two parts of /proc/PID/..., null for other paths. */
    private static UnixPath directory(UnixPath path) {
        if (!path.startsWith(ROOT)) {
            return null;
        }
        byte[] bytes = path.bytes();
        int end = ROOT.length();
        while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
            end++;
        }
        boolean isNumber = end > ROOT.length() && (end == bytes.length || bytes[end] == '/');
        return isNumber ? path.dropLast(bytes.length - end) : null;
    }
}
