package dev.stasis.linux.internal;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import java.nio.charset.StandardCharsets;

/** Instructions in a page of this process that can be executed and not written to. */
final class ExecutableCode {
    private static final int PAGE = 4096;
    private static final int READ_AND_EXECUTE = 5;
    private static final int MAP_PRIVATE = 2;
    private static final int MFD_CLOEXEC = 1;

    private ExecutableCode() {}

    /** Puts {@code text}, of a page at most, there for as long as this process lives, and returns its address. {@code name} is for people. */
    static long place(String name, byte[] text) {
        byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
        NativeMemory memory = NativeMemory.allocate(letters.length + 1 + text.length).put(0, letters).put(letters.length + 1, text);
        long file = check("memfd_create", name, Syscalls.call2(SyscallNumber.MEMFD_CREATE, memory.address(), MFD_CLOEXEC));
        try {
            check("write", name, Syscalls.call3(SyscallNumber.WRITE, file, memory.address() + letters.length + 1, text.length));
            return check("mmap", name, Syscalls.call6(SyscallNumber.MMAP, 0, PAGE, READ_AND_EXECUTE, MAP_PRIVATE, file, 0));
        } finally {
            Syscalls.call1(SyscallNumber.CLOSE, file);
        }
    }
}
