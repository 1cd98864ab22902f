package dev.stasis.linux.seed;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RemoteMemory;

/**
 * A program started as a child of this process's parent, under a number of our choice: clone3(2) with CLONE_PARENT, for which libc
 * has no function. The child runs in our memory until it calls execve(2), while the calling thread waits (CLONE_VFORK), and no
 * handler of a signal can run in it (CLONE_CLEAR_SIGHAND); so what it runs is a few instructions of our own.
 */
final class SiblingSpawn {
    private static final long FLAGS = 0x100L | 0x4000L | 0x8000L | 0x1_0000_0000L; // CLONE_VM, VFORK, PARENT, CLEAR_SIGHAND
    private static final int ARGUMENTS = 88;
    private static final int PAGE = 4096;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    /**
     * A function of clone_args, their size, path, argv and envp:
     * <pre>
     * mov r9, rcx; mov eax, clone3; syscall; test rax, rax; jnz the end
     * mov rdi, rdx; mov rsi, r9; mov rdx, r8; mov eax, execve; syscall; mov edi, 127; mov eax, exit; syscall
     * the end: ret
     * </pre>
     */
    private static final int[] CODE = {
        0x49, 0x89, 0xc9, 0xb8, 0xb3, 1, 0, 0, 0x0f, 0x05, 0x48, 0x85, 0xc0, 0x75, 0x1c,
        0x48, 0x89, 0xd7, 0x4c, 0x89, 0xce, 0x4c, 0x89, 0xc2, 0xb8, 59, 0, 0, 0, 0x0f, 0x05, 0xbf, 127, 0, 0, 0, 0xb8, 60, 0, 0, 0,
        0x0f, 0x05, 0xc3};

    private SiblingSpawn() {}

    /** Starts {@code path} as {@code number}, with its own name as the only argument; throws EEXIST when the number is taken. */
    static Pid program(UnixPath path, Pid number) {
        NativeMemory memory = NativeMemory.allocate(ARGUMENTS + 8 + 24 + path.length() + 1);
        int wanted = ARGUMENTS;
        int vectors = wanted + 8;
        int name = vectors + 24;
        memory.put(name, path.bytes());
        memory.putInt(wanted, number.number());
        memory.putLong(vectors, memory.address() + name); // argv = {path, null}; envp = {null}
        memory.putLong(0, FLAGS).putLong(64, memory.address() + wanted).putLong(72, 1);
        long code = code();
        try {
            long result = Syscalls.libc6(code, memory.address(), ARGUMENTS, memory.address() + name, memory.address() + vectors,
                    memory.address() + vectors + 8, 0);
            return new Pid((int) Syscalls.check("clone3 CLONE_PARENT", "task " + number, result));
        } finally {
            Syscalls.call2(SyscallNumber.MUNMAP, code, PAGE);
        }
    }

    private static long code() {
        long code = Syscalls.check("mmap", "code", Syscalls.call6(SyscallNumber.MMAP, 0, PAGE, PROT_READ_EXECUTE, MAP_PRIVATE_ANONYMOUS, -1, 0));
        byte[] bytes = new byte[CODE.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) CODE[i];
        }
        try (RemoteMemory own = RemoteMemory.open(ProcessCalls.self())) {
            own.write(new RemoteAddress(code), bytes);
            return code;
        } catch (RuntimeException | Error e) {
            Syscalls.call2(SyscallNumber.MUNMAP, code, PAGE);
            throw e;
        }
    }
}
