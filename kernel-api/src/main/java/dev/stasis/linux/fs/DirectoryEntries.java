package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import java.util.ArrayList;
import java.util.List;

/** The entries of directories. @see getdents64(2) */
public final class DirectoryEntries {
    private static final int BUFFER = 1 << 15;
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);

    private DirectoryEntries() {}

    /** The names in {@code directory} (an O_PATH descriptor will do), "." and ".." not among them, in no particular order. */
    public static List<UnixPath> names(Fd directory) {
        NativeMemory memory = NativeMemory.allocate(BUFFER);
        List<UnixPath> names = new ArrayList<>();
        try (Fd reader = FileCalls.openAt(directory, UnixPath.of("."), READ, 0)) {
            while (true) {
                long length = check("getdents64", directory,
                        Syscalls.call3(SyscallNumber.GETDENTS64, reader.number(), memory.address(), BUFFER));
                if (length == 0) {
                    return names;
                }
                for (int at = 0; at < length; at += memory.getShort(at + 16) & 0xffff) {
                    add(names, memory, at + 19);
                }
            }
        }
    }

    private static void add(List<UnixPath> names, NativeMemory memory, int at) {
        int end = at;
        while (memory.getByte(end) != 0) {
            end++;
        }
        boolean dots = memory.getByte(at) == '.' && (end == at + 1 || end == at + 2 && memory.getByte(at + 1) == '.');
        if (!dots) {
            names.add(UnixPath.of(memory.get(at, end - at)));
        }
    }

    /** The name under which directory {@code child} stands in {@code parent}; throws ENOENT when it stands there no more. */
    static UnixPath nameOf(Fd parent, Fd child) {
        InodeId wanted = FileCalls.status(child).inode();
        List<UnixPath> names = names(parent);
        for (int i = 0; i < names.size(); i++) {
            try (Fd entry = FileCalls.openAt(parent, names.get(i), OpenFlags.PATH.with(OpenFlags.NOFOLLOW), 0)) {
                if (FileCalls.status(entry).inode().equals(wanted)) {
                    return names.get(i);
                }
            } catch (KernelException e) {
                // Removed since the directory was listed: it is not the one that is looked for.
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
        throw new KernelException("readlink", child, Errno.ENOENT);
    }
}
