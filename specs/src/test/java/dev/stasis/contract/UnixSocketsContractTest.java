package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.plugins.unixsockets.UnixSocketsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.util.HexFormat;
import java.util.List;

/** Of sockets that are not connected: who connected must be a process of the tree, and here is none. */
class UnixSocketsContractTest extends FdKindContract {
    private static final int AF_UNIX = 1;
    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_LINGER = 13;
    private static final int SO_PASSCRED = 16;
    private static final int SO_RCVTIMEO = 20;

    @Override
    protected StasisPlugin plugin() {
        return new UnixSocketsPlugin();
    }

    @Override
    protected String kind() {
        return "unix-socket";
    }

    @Override
    protected List<Fd> open() {
        Fd plain = socket(1, 0);
        Fd buffers = socket(2, NONBLOCK);
        set(buffers, SO_SNDBUF, 30000, 4);
        set(buffers, SO_PASSCRED, 1, 4);
        Fd times = socket(5, 0);
        set(times, SO_RCVTIMEO, 7, 16);
        set(times, SO_LINGER, 1L | 3L << 32, 8);
        return List.of(plain, buffers, times);
    }

    private static Fd socket(int type, int flags) {
        return Fd.own((int) SystemCalls.call("socket", "", SyscallNumber.SOCKET, AF_UNIX, type | flags | CLOEXEC, 0));
    }

    private static void set(Fd socket, int option, long value, int length) {
        NativeMemory memory = NativeMemory.allocate(16).putLong(0, value);
        SystemCalls.call("setsockopt", socket, SyscallNumber.SETSOCKOPT, socket.number(), SOL_SOCKET, option, memory.address(), length);
    }

    @Override
    protected String state(Fd file) {
        StringBuilder state = new StringBuilder();
        for (int option : new int[] {3, SO_SNDBUF, SO_LINGER, SO_PASSCRED, SO_RCVTIMEO, 72}) {
            NativeMemory memory = NativeMemory.allocate(24).putInt(16, 16);
            SystemCalls.call("getsockopt", file, SyscallNumber.GETSOCKOPT, file.number(), SOL_SOCKET, option, memory.address(),
                    memory.address() + 16);
            state.append(option).append('=').append(HexFormat.of().formatHex(memory.get(0, memory.getInt(16)))).append(' ');
        }
        return state.toString();
    }

    /** A socket is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
