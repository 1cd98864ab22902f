package dev.stasis.linux.process;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A program to start as a child of this process but outside the JDK's care: nobody but the caller waits for it, so it may be
 * traced. It gets a session of its own, default signal actions, an empty signal mask, and no descriptor but the three.
 *
 * @param file the executable
 * @param arguments all of them, the program's name first
 * @param environment entries of the form {@code NAME=value}
 * @param directory its current directory
 * @param input its standard input, borrowed
 * @param output its standard output and error, borrowed
 * @see posix_spawn(3)
 */
public record SpawnRequest(
        UnixPath file, List<String> arguments, List<String> environment, UnixPath directory, Fd input, Fd output) {
    private static final int FILE_ACTIONS_SIZE = 80;
    private static final int ATTRIBUTES_SIZE = 336;
    private static final int SIGNAL_SET_SIZE = 128;
    private static final long SETSIGDEF_SETSIGMASK_SETSID = 0x04 | 0x08 | 0x80;

    public SpawnRequest {
        Objects.requireNonNull(file);
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        Objects.requireNonNull(directory);
    }

    /** Starts the program; returns its pid. Throws {@link KernelException} when it cannot be executed. */
    public Pid spawn() {
        List<NativeMemory> kept = new ArrayList<>();
        NativeMemory pid = NativeMemory.allocate(Integer.BYTES);
        NativeMemory path = text(file.bytes(), kept);
        NativeMemory actions = fileActions(kept);
        NativeMemory attributes = attributes(kept);
        NativeMemory argv = pointers(arguments, kept);
        NativeMemory envp = pointers(environment, kept);
        int error = (int) Syscalls.libc6(Syscalls.symbol("posix_spawn"), pid.address(), path.address(), actions.address(),
                attributes.address(), argv.address(), envp.address());
        libc("posix_spawn_file_actions_destroy", actions.address(), 0, 0);
        libc("posix_spawnattr_destroy", attributes.address(), 0, 0);
        Reference.reachabilityFence(kept);
        if (error != 0) {
            throw new KernelException("posix_spawn", file, new Errno(error));
        }
        return new Pid(pid.getInt(0));
    }

    private NativeMemory fileActions(List<NativeMemory> kept) {
        NativeMemory actions = NativeMemory.allocate(FILE_ACTIONS_SIZE);
        libc("posix_spawn_file_actions_init", actions.address(), 0, 0);
        libc("posix_spawn_file_actions_addchdir_np", actions.address(), text(directory.bytes(), kept).address(), 0);
        libc("posix_spawn_file_actions_adddup2", actions.address(), input.number(), 0);
        libc("posix_spawn_file_actions_adddup2", actions.address(), output.number(), 1);
        libc("posix_spawn_file_actions_adddup2", actions.address(), output.number(), 2);
        libc("posix_spawn_file_actions_addclosefrom_np", actions.address(), 3, 0);
        return actions;
    }

    private NativeMemory attributes(List<NativeMemory> kept) {
        NativeMemory attributes = NativeMemory.allocate(ATTRIBUTES_SIZE);
        NativeMemory signals = NativeMemory.allocate(SIGNAL_SET_SIZE);
        kept.add(signals);
        libc("posix_spawnattr_init", attributes.address(), 0, 0);
        libc("posix_spawnattr_setsigmask", attributes.address(), signals.address(), 0);
        libc("sigfillset", signals.address(), 0, 0);
        libc("posix_spawnattr_setsigdefault", attributes.address(), signals.address(), 0);
        libc("posix_spawnattr_setflags", attributes.address(), SETSIGDEF_SETSIGMASK_SETSID, 0);
        return attributes;
    }

    private static NativeMemory pointers(List<String> texts, List<NativeMemory> kept) {
        NativeMemory array = NativeMemory.allocate((texts.size() + 1) * Long.BYTES);
        for (int i = 0; i < texts.size(); i++) {
            array.putLong(i * Long.BYTES, text(UnixPath.of(texts.get(i)).bytes(), kept).address());
        }
        kept.add(array);
        return array;
    }

    private static NativeMemory text(byte[] bytes, List<NativeMemory> kept) {
        NativeMemory memory = NativeMemory.allocate(bytes.length + 1).put(0, bytes);
        kept.add(memory);
        return memory;
    }

    private static void libc(String name, long a, long b, long c) {
        int error = (int) Syscalls.libc6(Syscalls.symbol(name), a, b, c, 0, 0, 0);
        if (error != 0) {
            throw new KernelException(name, "posix_spawn", new Errno(error));
        }
    }
}
