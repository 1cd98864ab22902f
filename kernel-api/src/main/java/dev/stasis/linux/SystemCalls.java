package dev.stasis.linux;

import dev.stasis.linux.internal.Syscalls;
import java.util.Arrays;

/**
 * Any system call, untyped: for plugins whose kind of file needs one that nothing here has a method for. Numbers are in
 * {@link SyscallNumber}; what the kernel reads or writes lies in {@link NativeMemory}. From any thread.
 */
public final class SystemCalls {
    private static final int MOST = 6;

    private SystemCalls() {}

    /**
     * Makes system call {@code number} in this process and returns what it returned; throws {@link KernelException}, which
     * names it {@code name} and says that it was about {@code subject}, when it failed.
     */
    public static long call(String name, Object subject, int number, long... arguments) {
        return Syscalls.check(name, subject, tryCall(number, arguments));
    }

    /** Like {@link #call}, but returns the negative errno when it failed. At most six arguments. */
    public static long tryCall(int number, long... arguments) {
        if (arguments.length > MOST) {
            throw new IllegalArgumentException("a system call has at most six arguments, not " + arguments.length);
        }
        long[] all = Arrays.copyOf(arguments, MOST);
        return arguments.length == MOST
                ? Syscalls.call6(number, all[0], all[1], all[2], all[3], all[4], all[5])
                : Syscalls.call5(number, all[0], all[1], all[2], all[3], all[4]);
    }
}
