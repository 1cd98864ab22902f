package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import java.util.List;

/** Whether a live descriptor can stand for a file from an image. */
final class Fit {
    private final List<Problem> problems;
    private final Log log;
    private final boolean force;

    /** Adds what does not fit to {@code problems}, or only says so when {@code force} is set. */
    Fit(List<Problem> problems, Log log, boolean force) {
        this.problems = problems;
        this.log = log;
        this.force = force;
    }

    /** Checks kind, access mode and status flags of {@code mapping} against {@code record}. */
    void check(Mapping mapping, FileRecord record, boolean anyKind) {
        FileStatus live = FileCalls.status(mapping.fd());
        OpenFlags flags = FileCalls.flags(mapping.fd());
        String is = name(live, mapping.fd());
        String was = record.identity() == null ? null : name(record.identity());
        if (!anyKind && was != null && !was.equals(is)) {
            object(InheritFdErrorCode.WRONG_KIND, mapping, mapping.fd() + " is a " + is + ", and " + subject(record) + " was a "
                    + was, "give a " + was);
            return;
        }
        access(mapping, record, flags.accessMode());
        differences(mapping, record, flags);
    }

    private void access(Mapping mapping, FileRecord record, AccessMode live) {
        AccessMode wanted = record.flags().accessMode();
        boolean lacksReading = wanted.reads() && !live.reads();
        boolean lacksWriting = wanted.writes() && !live.writes();
        if (lacksReading || lacksWriting) {
            boolean pipe = record.identity() != null && record.identity().type() == FileType.FIFO;
            String reason = pipe ? mapping.fd() + " is " + end(live) + ", and " + subject(record) + " was " + end(wanted)
                    : mapping.fd() + " is open for " + allowed(live) + ", and " + subject(record) + " for " + allowed(wanted);
            object(InheritFdErrorCode.WRONG_ACCESS, mapping, reason, pipe ? "give " + end(wanted) : "open it for " + allowed(wanted));
        }
    }

    private void differences(Mapping mapping, FileRecord record, OpenFlags live) {
        difference("O_APPEND", OpenFlags.APPEND, mapping, record, live);
        difference("O_NONBLOCK", OpenFlags.NONBLOCK, mapping, record, live);
    }

    private void difference(String name, OpenFlags flag, Mapping mapping, FileRecord record, OpenFlags live) {
        if (live.has(flag) != record.flags().has(flag)) {
            log.warn("--inherit-fd " + mapping.text() + ": " + subject(record) + " was " + (live.has(flag) ? "without " : "with ")
                    + name + ", " + mapping.fd() + " is " + (live.has(flag) ? "with" : "without"));
        }
    }

    /** Adds a problem that {@code --inherit-fd-force} makes a warning. */
    void object(InheritFdErrorCode code, Mapping mapping, String reason, String help) {
        Problem problem = new Problem(code, "--inherit-fd " + mapping.text(), reason,
                help + ", or use --inherit-fd-force if you know better");
        if (force) {
            log.warn(problem.subject() + ": " + reason + " (forced)");
        } else {
            problems.add(problem);
        }
    }

    /** Such as {@code fd 1 of task 17 (pipe:[23])}. */
    static String subject(FileRecord record) {
        return NearMatches.descriptor(record) + " (" + record.link() + ")";
    }

    private static String end(AccessMode mode) {
        return mode == AccessMode.READ ? "a read end" : mode == AccessMode.WRITE ? "a write end" : "both ends";
    }

    private static String allowed(AccessMode mode) {
        return switch (mode) {
            case READ -> "reading";
            case WRITE -> "writing";
            case READ_WRITE -> "reading and writing";
            case PATH -> "neither reading nor writing (O_PATH)";
        };
    }

    private static String name(FileIdentity identity) {
        return isTerminal(identity) ? "terminal" : name(identity.type());
    }

    private static String name(FileStatus live, Fd fd) {
        return live.type() == FileType.CHARACTER_DEVICE && FileCalls.isTerminal(fd) ? "terminal" : name(live.type());
    }

    /** By the major numbers of terminals: there is nothing to ask any more. */
    static boolean isTerminal(FileIdentity identity) {
        int major = identity.represents().major();
        return identity.type() == FileType.CHARACTER_DEVICE && (major == 4 || major == 5 || major >= 136 && major <= 143);
    }

    private static String name(FileType type) {
        return switch (type) {
            case REGULAR -> "regular file";
            case DIRECTORY -> "directory";
            case FIFO -> "pipe";
            case SOCKET -> "socket";
            case SYMLINK -> "symbolic link";
            case CHARACTER_DEVICE -> "character device";
            case BLOCK_DEVICE -> "block device";
            case ANONYMOUS -> "descriptor of the kernel's own";
        };
    }
}
