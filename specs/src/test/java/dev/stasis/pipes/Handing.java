package dev.stasis.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Descriptors of this process that look as if it had been given them when it started: not close-on-exec. */
final class Handing {
    private Handing() {}

    static Fd open(Path path, OpenFlags flags) {
        return handed(FileCalls.open(UnixPath.of(path.toString()), flags, 0600));
    }

    static Fd handed(Fd fd) {
        FileCalls.closeOnExec(fd, false);
        return fd;
    }

    /** The option {@code --inherit-fd} with each of {@code mappings}. */
    static Map<String, List<String>> inherit(String... mappings) {
        return Map.of("inherit-fd", List.of(mappings));
    }

    /** The mapping of {@code fd} to {@code key}. */
    static String mapping(Fd fd, String key) {
        return "fd[" + fd.number() + "]:" + key;
    }
}
