package dev.stasis.linux.internal;

/**
 * Instructions that make a list of system calls, one after the other, without coming back to whoever wrote the list. They need
 * no stack, no libc and no thread state: register rbx leads to the list, all others but r12 to r15, rbp and rsp are lost.
 *
 * <p>The list consists of steps of {@value #STEP_SIZE} bytes: number, six arguments, room for the result, and how many bytes
 * further the next step is if the call fails, and if it does not. The number {@value #COPY} is no call but copies eight bytes,
 * from the address in the first argument to that in the second, for what a step takes from another; any other below 0 ends the
 * list, with rbx at that step.
 */
public final class CallLoop {
    /** The size of a step. */
    public static final int STEP_SIZE = 80;
    /** Where a step has the first of its arguments, of which there are {@value #MOST_ARGUMENTS}. */
    public static final int ARGUMENTS = 8;
    /** How many arguments a system call has at most. */
    public static final int MOST_ARGUMENTS = 6;
    /** Where a step has its result. */
    public static final int RESULT = 56;
    /** Where a step has the distance to the next one if it fails. */
    public static final int IF_FAILED = 64;
    /** Where a step has the distance to the next one if it does not. */
    public static final int IF_DONE = 72;
    /** The number of a step that copies. */
    public static final long COPY = -2;
    /** The number of a step that ends the list. */
    public static final long END = -1;

    private static final byte[] LOOP = {
        // next:
        0x48, (byte) 0x8b, 0x03,                // mov (%rbx), %rax
        0x48, (byte) 0x85, (byte) 0xc0,         // test %rax, %rax
        0x78, 0x2f,                             // js below zero
        0x48, (byte) 0x8b, 0x7b, 0x08,          // mov 8(%rbx), %rdi
        0x48, (byte) 0x8b, 0x73, 0x10,          // mov 16(%rbx), %rsi
        0x48, (byte) 0x8b, 0x53, 0x18,          // mov 24(%rbx), %rdx
        0x4c, (byte) 0x8b, 0x53, 0x20,          // mov 32(%rbx), %r10
        0x4c, (byte) 0x8b, 0x43, 0x28,          // mov 40(%rbx), %r8
        0x4c, (byte) 0x8b, 0x4b, 0x30,          // mov 48(%rbx), %r9
        0x0f, 0x05,                             // syscall
        0x48, (byte) 0x89, 0x43, 0x38,          // mov %rax, 56(%rbx)
        0x48, (byte) 0x85, (byte) 0xc0,         // test %rax, %rax
        0x78, 0x06,                             // js failed
        0x48, 0x03, 0x5b, 0x48,                 // add 72(%rbx), %rbx
        (byte) 0xeb, (byte) 0xcf,               // jmp next
        // failed:
        0x48, 0x03, 0x5b, 0x40,                 // add 64(%rbx), %rbx
        (byte) 0xeb, (byte) 0xc9,               // jmp next
        // below zero:
        0x48, (byte) 0x83, (byte) 0xf8, (byte) 0xfe, // cmp $-2, %rax
        0x75, 0x14,                             // jne: behind all this
        0x48, (byte) 0x8b, 0x7b, 0x08,          // mov 8(%rbx), %rdi
        0x48, (byte) 0x8b, 0x73, 0x10,          // mov 16(%rbx), %rsi
        0x48, (byte) 0x8b, 0x07,                // mov (%rdi), %rax
        0x48, (byte) 0x89, 0x06,                // mov %rax, (%rsi)
        0x48, 0x03, 0x5b, 0x48,                 // add 72(%rbx), %rbx
        (byte) 0xeb, (byte) 0xaf,               // jmp next
    };

    /** How many bytes the loop has. */
    public static final int LENGTH = LOOP.length;

    private CallLoop() {}

    /** The loop, to be reached from the end of {@code begin}, and that goes on at {@code end}. */
    public static byte[] code(byte[] begin, byte[] end) {
        byte[] code = new byte[begin.length + LOOP.length + end.length];
        System.arraycopy(begin, 0, code, 0, begin.length);
        System.arraycopy(LOOP, 0, code, begin.length, LOOP.length);
        System.arraycopy(end, 0, code, begin.length + LOOP.length, end.length);
        return code;
    }
}
