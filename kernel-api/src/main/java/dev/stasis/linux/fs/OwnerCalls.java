package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls about who gets SIGIO for an open file description. */
public final class OwnerCalls {
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_SETOWN_EX = 15;
    private static final int F_GETOWN_EX = 16;
    private static final int F_GETOWNER_UIDS = 17;

    private OwnerCalls() {}

    /** Who gets SIGIO for {@code file}, which must not be an O_PATH descriptor (EBADF). @see fcntl(2) F_GETOWN_EX */
    public static SignalOwner owner(Fd file) {
        return owner(file.number(), Scratch.take());
    }

    static SignalOwner owner(int number, Scratch scratch) {
        int at = scratch.reserve(16);
        check("fcntl F_GETOWN_EX", number, fcntl(number, F_GETOWN_EX, scratch.address(at)));
        int type = scratch.memory().getInt(at);
        int id = scratch.memory().getInt(at + 4);
        int signal = (int) check("fcntl F_GETSIG", number, fcntl(number, F_GETSIG, 0));
        if (id == 0) {
            return signal == 0 ? SignalOwner.NOBODY : new SignalOwner(0, 0, signal, 0, 0);
        }
        check("fcntl F_GETOWNER_UIDS", number, fcntl(number, F_GETOWNER_UIDS, scratch.address(at + 8)));
        return new SignalOwner(type, id, signal, scratch.memory().getInt(at + 8), scratch.memory().getInt(at + 12));
    }

    /**
     * Makes thread, process or group {@code id} (by {@code type}, see {@link SignalOwner}) the one that gets SIGIO; the
     * calling thread's users are kept along with it. @see fcntl(2) F_SETOWN_EX
     */
    public static void owner(Fd file, int type, int id) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(8);
        scratch.memory().putInt(at, type).putInt(at + 4, id);
        check("fcntl F_SETOWN_EX", file, fcntl(file.number(), F_SETOWN_EX, scratch.address(at)));
    }

    /** Makes {@code signal} the one that is sent, 0 for SIGIO. @see fcntl(2) F_SETSIG */
    public static void signal(Fd file, int signal) {
        check("fcntl F_SETSIG", file, fcntl(file.number(), F_SETSIG, signal));
    }

    private static long fcntl(int number, int command, long argument) {
        return Syscalls.call3(SyscallNumber.FCNTL, number, command, argument);
    }
}
