package dev.stasis.linux.seed;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;

/**
 * posix_spawn of libc: a child with no argument but its name, no environment, all signals at their defaults and none blocked.
 *
 * <p>Not Java's ProcessBuilder: that waits for its children in a thread of its own, which would take our stops away.
 */
final class Spawn {
    private static final int SET_SIGNALS_DEFAULT = 4;
    private static final int SET_SIGNAL_MASK = 8;
    private static final int SIGNAL_SET = 128;
    private static final int ATTRIBUTES = 512;

    private Spawn() {}

    static Pid program(UnixPath path) {
        NativeMemory memory = NativeMemory.allocate(ATTRIBUTES + 2 * SIGNAL_SET + 64 + path.length() + 1);
        int signals = ATTRIBUTES;
        int vectors = signals + 2 * SIGNAL_SET;
        int name = vectors + 64;
        for (int i = 0; i < SIGNAL_SET; i += Long.BYTES) {
            memory.putLong(signals + i, -1L);
        }
        memory.put(name, path.bytes());
        memory.putLong(vectors, memory.address() + name); // argv = {path, null}; envp = {null}
        long attributes = memory.address();
        call("posix_spawnattr_init", path, attributes, 0);
        call("posix_spawnattr_setflags", path, attributes, SET_SIGNALS_DEFAULT | SET_SIGNAL_MASK);
        call("posix_spawnattr_setsigdefault", path, attributes, memory.address() + signals);
        call("posix_spawnattr_setsigmask", path, attributes, memory.address() + signals + SIGNAL_SET);
        long error = Syscalls.libc6(Syscalls.symbol("posix_spawn"), memory.address() + vectors + 32, memory.address() + name, 0,
                attributes, memory.address() + vectors, memory.address() + vectors + 8);
        Syscalls.check("posix_spawn", path, -(int) error);
        return new Pid(memory.getInt(vectors + 32));
    }

    private static void call(String function, UnixPath path, long a, long b) {
        Syscalls.check(function, path, -(int) Syscalls.libc6(Syscalls.symbol(function), a, b, 0, 0, 0, 0));
    }
}
