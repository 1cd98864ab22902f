package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.fs.NameCalls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives sockets names that are paths although nothing is to be at those paths: files that were removed, those of listeners that are
 * gone. A child of ours is confined to a directory of a file system that nobody sees and binds there, so the kernel keeps the name as
 * it was told. To be closed, which removes all files: the sockets keep their names.
 */
final class ScratchNames implements AutoCloseable {
    private static final long ROOM = 1 << 26;
    private static final UnixPath HERE = UnixPath.of(".");

    private final List<UnixPath> files = new ArrayList<>();
    private Fd directory;

    /** Gives {@code socket} the name {@code name}, a path; returns what number to reach it by. */
    int bind(Fd socket, byte[] name) {
        if (directory == null) {
            directory = MountCalls.detachedTmpfs(ROOM);
        }
        int number = files.size();
        UnixPath root = UnixPath.of("d" + number);
        NameCalls.tryMakeDirectory(directory, root, 0700);
        UnixPath path = makeParents(root, BoundPlace.asPath(name));
        byte[] address = UnixCalls.address(name);
        NativeMemory memory = NativeMemory.allocate(address.length).put(0, address);
        CallSequence sequence = new CallSequence();
        CallSequence.Step opened = sequence.call("openat", root, SyscallNumber.OPENAT, directory, root, 0x200000 | 0x80000, 0);
        sequence.call("fchdir", root, SyscallNumber.FCHDIR, opened);
        sequence.call("chroot", root, SyscallNumber.CHROOT, HERE);
        CallSequence.Step bound = sequence.call("bind", Names.text(name), SyscallNumber.BIND, socket, memory, address.length);
        sequence.call("close", root, SyscallNumber.CLOSE, opened);
        sequence.run();
        bound.result();
        UnixPath file = UnixPath.of("s" + number);
        DirectoryCalls.rename(directory, path, file);
        files.add(file);
        return number;
    }

    /** Makes the directories of {@code path} below {@code root}; returns where it is from {@link #directory}. */
    private UnixPath makeParents(UnixPath root, UnixPath path) {
        List<UnixPath> way = new ArrayList<>();
        way.add(root);
        String[] parts = new String(path.bytes(), StandardCharsets.ISO_8859_1).split("/");
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].equals("..")) {
                way = way.size() > 1 ? way.subList(0, way.size() - 1) : way;
            } else if (!parts[i].isEmpty() && !parts[i].equals(".")) {
                UnixPath next = way.get(way.size() - 1).resolve(UnixPath.of(parts[i].getBytes(StandardCharsets.ISO_8859_1)));
                if (i < parts.length - 1) {
                    NameCalls.tryMakeDirectory(directory, next, 0700);
                }
                way.add(next);
            }
        }
        return way.get(way.size() - 1);
    }

    /** The directory with the files; borrowed. */
    Fd directory() {
        return directory;
    }

    /** The address by which a process that has the directory as {@code descriptor} reaches socket {@code number}. */
    static byte[] address(int descriptor, int number) {
        return UnixCalls.address(("/proc/self/fd/" + descriptor + "/s" + number + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        if (directory == null) {
            return;
        }
        for (UnixPath file : files) {
            DirectoryCalls.tryUnlink(directory, file);
        }
        directory.close();
        directory = null;
    }
}
