package dev.stasis.linux.internal;

import dev.stasis.linux.NativeMemory;

/** Makes a list of system calls on the calling thread: the steps of a {@link CallLoop}. */
public final class OwnCalls {
    private static final byte[] BEGIN = {
        0x53,                                   // push %rbx
        0x48, (byte) 0x89, (byte) 0xfb,         // mov %rdi, %rbx
    };

    private static final byte[] END = {
        0x48, (byte) 0x89, (byte) 0xd8,         // mov %rbx, %rax
        0x5b,                                   // pop %rbx
        (byte) 0xc3,                            // ret
    };

    private static long code;

    private OwnCalls() {}

    /** Makes the calls of the steps that begin at the start of {@code list}, and returns where in it that ended. Any thread may call. */
    public static int run(NativeMemory list) {
        long end = Syscalls.libc6(code(), list.address(), 0, 0, 0, 0, 0);
        return (int) (end - list.address());
    }

    private static synchronized long code() {
        if (code == 0) {
            code = ExecutableCode.place("calls", CallLoop.code(BEGIN, END));
        }
        return code;
    }
}
