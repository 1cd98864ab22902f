package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import java.util.List;

/** Files below /proc/PID: those of the tree's own processes come into being again with them. */
final class ProcessFiles {
    private static final int PROC = 0x9fa0;

    private ProcessFiles() {}

    /** Whether {@code record} is the file of a process. */
    static boolean isOne(FileRecord record, FileEntry entry) {
        return entry.pseudoFileSystem() == PROC && directory(record.location().path()) != null;
    }

    /**
     * What is wrong with it. Before a restore no process of the tree exists; so if the process does, it is another one,
     * and nothing tells whether it is the one that was meant.
     */
    static List<Problem> plan(FileRecord record, Options options) {
        UnixPath directory = directory(record.location().path());
        if (options.isSet(ChangeCheck.TAKE_CHANGED) || FileCalls.tryStatus(directory).isEmpty()) {
            return List.of();
        }
        return List.of(new Problem(RegularFilesErrorCode.FILE_OF_ANOTHER_PROCESS, ChangeCheck.subject(record),
                "it belongs to a process outside the tree, which may be another one now",
                "give --" + ChangeCheck.TAKE_CHANGED + " to take it as it is"));
    }

    /** The first two parts of /proc/PID/..., null for other paths. */
    private static UnixPath directory(UnixPath path) {
        if (!path.startsWith("/proc/")) {
            return null;
        }
        byte[] bytes = path.bytes();
        int end = 6;
        while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
            end++;
        }
        boolean isNumber = end > 6 && (end == bytes.length || bytes[end] == '/');
        return isNumber ? path.dropLast(bytes.length - end) : null;
    }
}
