package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Names of sockets and programs for people. */
final class Names {
    private Names() {}

    /** What the program of {@code process} is called. */
    static String command(Pid process) {
        Optional<byte[]> comm = ProcFile.tryRead(process, "comm");
        return comm.isPresent() ? new String(comm.get(), StandardCharsets.UTF_8).strip() : "ended meanwhile";
    }

    /** {@code name}, an address without its family: a path, or an abstract name with {@code @} for its zeros. */
    static String text(byte[] name) {
        int length = name.length;
        if (length > 0 && name[0] != 0) {
            return BoundPlace.asPath(name).toString();
        }
        return new String(name, StandardCharsets.UTF_8).replace('\0', '@');
    }
}
