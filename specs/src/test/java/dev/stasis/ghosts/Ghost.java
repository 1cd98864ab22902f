package dev.stasis.ghosts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.testkit.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** All that is to be kept of a file that a program holds, as /proc leads to it. */
record Ghost(
        String link, int mode, int links, int uid, int gid, long size, Timestamp accessed, Timestamp modified,
        OptionalLong firstData, OptionalInt flags, Map<String, String> attributes, String contents) {

    /** The file behind {@code place}, such as {@code fd/3}, {@code cwd} or {@code exe}, in /proc of {@code program}. */
    static Ghost of(Program program, String place) {
        UnixPath path = UnixPath.of("/proc/" + program.pid() + "/" + place);
        String link = FileCalls.readLink(path).toString();
        try (Fd file = FileCalls.open(path, OpenFlags.PATH, 0)) {
            FileStatus status = FileCalls.status(file);
            Map<String, String> attributes = new TreeMap<>();
            for (UnixPath name : AttributeCalls.names(file)) {
                attributes.put(name.toString(), HexFormat.of().formatHex(AttributeCalls.value(file, name)));
            }
            boolean unnamed = link.endsWith("/#" + status.inode().number() + " (deleted)");
            return new Ghost(unnamed ? "unnamed" : link, status.mode(), status.links(), status.uid(), status.gid(),
                    status.type() == FileType.DIRECTORY ? 0 : status.size(), status.accessed(), status.modified(),
                    firstData(file, status), flags(file, status), attributes, contents(file, status));
        }
    }

    private static OptionalLong firstData(Fd file, FileStatus status) {
        if (status.type() != FileType.REGULAR) {
            return OptionalLong.empty();
        }
        try (Fd readable = reopen(file)) {
            return ContentCalls.nextData(readable, 0);
        }
    }

    private static OptionalInt flags(Fd file, FileStatus status) {
        if (status.type() != FileType.REGULAR) {
            return OptionalInt.empty();
        }
        try (Fd readable = reopen(file)) {
            return AttributeCalls.tryFlags(readable);
        }
    }

    private static Fd reopen(Fd file) {
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.RDONLY.with(OpenFlags.NOATIME), 0);
    }

    private static String contents(Fd file, FileStatus status) {
        if (status.type() == FileType.SYMLINK) {
            String target = NameCalls.target(file).toString();
            AttributeCalls.times(file, status.accessed(), status.modified());
            return target;
        }
        if (status.type() != FileType.REGULAR || status.size() > 1 << 26) {
            return "";
        }
        try (Fd readable = reopen(file);
                InputStream in = new DigestInputStream(Files.newInputStream(Path.of("/proc/self/fd/" + readable.number())),
                        MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            FileCalls.position(readable, 0);
            AttributeCalls.times(readable, status.accessed(), status.modified());
            return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
