package dev.stasis.linux.internal;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;

/**
 * Makes a list of system calls that goes on to its end even when this process is killed in the middle.
 *
 * <p>SIGKILL ends all threads of a process, but not another process. So the calls are made by a child that shares memory and
 * descriptors with the calling thread, which waits for it as in vfork(2), and that ends with the list. The child runs a few
 * instructions of its own: it needs no stack, no libc and no thread state, takes no signal, and is gone after microseconds.
 * Whoever kills both at once (a whole cgroup, the machine) breaks the list.
 *
 * <p>The memory handed to {@link #run}: {@value #STEPS} bytes for the instructions' own use, then the steps of a {@link CallLoop}.
 */
public final class UnbrokenCalls {
    /** Where the steps start. */
    public static final int STEPS = 128;

    private static final int CLONE_ARGUMENTS = 16;
    private static final int SET_TID = 64;
    private static final int SET_TID_SIZE = 72;
    private static final int PID = 104;
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_FILES = 0x400;
    private static final long CLONE_VFORK = 0x4000;
    private static final int WALL = 0x40000000;

    private static final byte[] BEGIN = {
        0x53,                                   // push %rbx
        0x41, 0x54,                             // push %r12
        0x48, (byte) 0x89, (byte) 0xfb,         // mov %rdi, %rbx
        // rt_sigprocmask(SIG_BLOCK, all, old, 8): neither of us runs a handler of the JVM's meanwhile
        (byte) 0xb8, 14, 0, 0, 0,               // mov $rt_sigprocmask, %eax
        0x31, (byte) 0xff,                      // xor %edi, %edi
        0x48, (byte) 0x89, (byte) 0xde,         // mov %rbx, %rsi
        0x48, (byte) 0x8d, 0x53, 0x08,          // lea 8(%rbx), %rdx
        0x41, (byte) 0xba, 8, 0, 0, 0,          // mov $8, %r10d
        0x0f, 0x05,                             // syscall
        (byte) 0xb8, (byte) 0xb3, 1, 0, 0,      // mov $clone3, %eax
        0x48, (byte) 0x8d, 0x7b, 0x10,          // lea 16(%rbx), %rdi
        (byte) 0xbe, 88, 0, 0, 0,               // mov $88, %esi
        0x0f, 0x05,                             // syscall
        0x48, (byte) 0x85, (byte) 0xc0,         // test %rax, %rax
        0x74, 0x22,                             // je child
        0x49, (byte) 0x89, (byte) 0xc4,         // mov %rax, %r12
        (byte) 0xb8, 14, 0, 0, 0,               // mov $rt_sigprocmask, %eax
        (byte) 0xbf, 2, 0, 0, 0,                // mov $SIG_SETMASK, %edi
        0x48, (byte) 0x8d, 0x73, 0x08,          // lea 8(%rbx), %rsi
        0x31, (byte) 0xd2,                      // xor %edx, %edx
        0x41, (byte) 0xba, 8, 0, 0, 0,          // mov $8, %r10d
        0x0f, 0x05,                             // syscall
        0x4c, (byte) 0x89, (byte) 0xe0,         // mov %r12, %rax
        0x41, 0x5c,                             // pop %r12
        0x5b,                                   // pop %rbx
        (byte) 0xc3,                            // ret
        // child: the loop
        0x48, (byte) 0x83, (byte) 0xeb, (byte) 0x80, // sub $-128, %rbx
    };

    private static final byte[] END = {
        (byte) 0xb8, (byte) 231, 0, 0, 0,       // mov $exit_group, %eax
        0x31, (byte) 0xff,                      // xor %edi, %edi
        0x0f, 0x05,                             // syscall
    };

    private static long code;

    private UnbrokenCalls() {}

    /** Makes the calls of {@code list}, laid out as said above; returns when all are made. Any thread may call. */
    public static void run(NativeMemory list) {
        run(list, 0);
    }

    /** The same, by a child that has the number {@code pid}, unless that is 0; throws EEXIST when it is in use. */
    public static void run(NativeMemory list, int pid) {
        list.putLong(0, -1L);
        list.clear(CLONE_ARGUMENTS, 88);
        list.putLong(CLONE_ARGUMENTS, CLONE_VM | CLONE_FILES | CLONE_VFORK);
        if (pid != 0) {
            list.putInt(PID, pid);
            list.putLong(CLONE_ARGUMENTS + SET_TID, list.address() + PID).putLong(CLONE_ARGUMENTS + SET_TID_SIZE, 1);
        }
        long child = check("clone3", "this process", Syscalls.libc6(code(), list.address(), 0, 0, 0, 0, 0));
        long reaped;
        do {
            reaped = Syscalls.call4(SyscallNumber.WAIT4, child, 0, WALL, 0);
        } while (reaped == -Errno.EINTR.number());
        check("wait4", child, reaped);
        list.getLong(0); // keeps the memory until here
    }

    private static synchronized long code() {
        if (code == 0) {
            code = ExecutableCode.place("calls", CallLoop.code(BEGIN, END));
        }
        return code;
    }
}
