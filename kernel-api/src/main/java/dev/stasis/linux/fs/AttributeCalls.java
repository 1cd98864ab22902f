package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Calls on what an inode keeps beside its contents: extended attributes (ACLs are such), times, flags. Those that take a
 * file by its O_PATH descriptor too go through /proc/self/fd for such, and else by the descriptor, which is several times faster. Each throws {@link dev.stasis.linux.KernelException} when the
 * kernel refuses, but for the outcomes that a method names. Any thread may call.
 */
public final class AttributeCalls {
    private static final int LARGEST = 1 << 16;
    private static final int AT_EMPTY_PATH = 0x1000;
    /** What calls that need more than O_PATH say to such a descriptor. */
    private static final long BAD_FILE = -Errno.EBADF.number();
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final long FS_IOC_SETFLAGS = 0x40086602L;

    private AttributeCalls() {}

    /** The names of all extended attributes, with their name spaces; none where the file system has none. @see listxattr(2) */
    public static List<UnixPath> names(Fd file) {
        // Most files have none: that is found out without room for the names.
        long length = Syscalls.call3(SyscallNumber.FLISTXATTR, file.number(), 0, 0);
        if (length == BAD_FILE) {
            length = Syscalls.call3(SyscallNumber.LISTXATTR, Scratch.take().path(link(file)), 0, 0);
        }
        if (length == 0 || length == -Errno.EOPNOTSUPP.number()) {
            return List.of();
        }
        NativeMemory memory = NativeMemory.allocate(LARGEST);
        length = Syscalls.call3(SyscallNumber.LISTXATTR, Scratch.take().path(link(file)), memory.address(), LARGEST);
        byte[] all = memory.get(0, (int) check("listxattr", file, length));
        List<UnixPath> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                names.add(UnixPath.of(Arrays.copyOfRange(all, start, i)));
                start = i + 1;
            }
        }
        return names;
    }

    /** The value of extended attribute {@code name}. @see getxattr(2) */
    public static byte[] value(Fd file, UnixPath name) {
        NativeMemory memory = NativeMemory.allocate(LARGEST);
        Scratch scratch = Scratch.take();
        long length = check("getxattr " + name, file, Syscalls.call4(SyscallNumber.GETXATTR, scratch.path(link(file)),
                scratch.path(name), memory.address(), LARGEST));
        return memory.get(0, (int) length);
    }

    /** Sets extended attribute {@code name}. @see setxattr(2) */
    public static void value(Fd file, UnixPath name, byte[] value) {
        NativeMemory memory = NativeMemory.allocate(Math.max(1, value.length)).put(0, value);
        Scratch scratch = Scratch.take();
        check("setxattr " + name, file, Syscalls.call5(SyscallNumber.SETXATTR, scratch.path(link(file)),
                scratch.path(name), memory.address(), value.length, 0));
    }

    /** Takes extended attribute {@code name} away; false when there is none. @see removexattr(2) */
    public static boolean remove(Fd file, UnixPath name) {
        Scratch scratch = Scratch.take();
        long result = Syscalls.call2(SyscallNumber.REMOVEXATTR, scratch.path(link(file)), scratch.path(name));
        if (result == -Errno.ENODATA.number()) {
            return false;
        }
        check("removexattr " + name, file, result);
        return true;
    }

    /** Sets the times of last access and last change of contents. @see utimensat(2) */
    public static void times(Fd file, Timestamp accessed, Timestamp modified) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(32);
        scratch.memory().putLong(at, accessed.seconds()).putLong(at + 8, accessed.nanoseconds())
                .putLong(at + 16, modified.seconds()).putLong(at + 24, modified.nanoseconds());
        // A descriptor and no path at all is what futimens(3) is made of; O_PATH will not do for that.
        long result = Syscalls.call4(SyscallNumber.UTIMENSAT, file.number(), 0, scratch.address(at), 0);
        check("utimensat", file, result != BAD_FILE ? result
                : Syscalls.call4(SyscallNumber.UTIMENSAT, -100, scratch.path(link(file)), scratch.address(at), 0));
    }

    /** Sets owner, group and then the permission bits, by an O_PATH descriptor too. @see fchownat(2) @see fchmodat(2) */
    public static void ownerAndPermissions(Fd file, int uid, int gid, int permissions) {
        owner(file, uid, gid);
        long result = Syscalls.call2(SyscallNumber.FCHMOD, file.number(), permissions);
        check("fchmodat", file, result != BAD_FILE ? result
                : Syscalls.call3(SyscallNumber.FCHMODAT, -100, Scratch.take().path(link(file)), permissions));
    }

    /** Sets owner and group, by an O_PATH descriptor too. @see fchownat(2) */
    public static void owner(Fd file, int uid, int gid) {
        check("fchownat", file, Syscalls.call5(SyscallNumber.FCHOWNAT, file.number(), Scratch.take().path(UnixPath.of("")), uid, gid,
                AT_EMPTY_PATH));
    }

    /** The flags of the inode (immutable, append-only ...); empty where the file system has none. @see ioctl_iflags(2) */
    public static OptionalInt tryFlags(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(8);
        long result = Syscalls.call3(SyscallNumber.IOCTL, file.number(), FS_IOC_GETFLAGS, scratch.address(at));
        return result < 0 ? OptionalInt.empty() : OptionalInt.of(scratch.memory().getInt(at));
    }

    /** Sets the flags of the inode. @see ioctl_iflags(2) */
    public static void flags(Fd file, int flags) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(8);
        scratch.memory().putInt(at, flags);
        check("ioctl FS_IOC_SETFLAGS", file,
                Syscalls.call3(SyscallNumber.IOCTL, file.number(), FS_IOC_SETFLAGS, scratch.address(at)));
    }

    private static UnixPath link(Fd file) {
        return UnixPath.of("/proc/self/fd/" + file.number());
    }
}
