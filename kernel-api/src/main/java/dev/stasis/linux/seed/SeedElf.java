package dev.stasis.linux.seed;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.CallSite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The smallest program there is to grow processes from: one page, one segment, that waits for signals for ever.
 *
 * <p>Before it waits it asks to be killed when its guardian dies, and ends at once if that has happened already; so it never
 * outlives a guardian that dies before it could attach. Behind the waiting loop stand the instructions of a
 * {@link CallSite}. Pure: nothing here touches the kernel.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/elf.5.html">elf(5)</a>
 */
public final class SeedElf {
    /** The size of the file and of its one mapping, in bytes. */
    public static final int SIZE = 4096;

    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int CODE = HEADER + 2 * PROGRAM_HEADER;

    private static final byte[] GUARD = {
        (byte) 0xb8, (byte) 157, 0, 0, 0, // mov $prctl, %eax
        (byte) 0xbf, 1, 0, 0, 0,          // mov $PR_SET_PDEATHSIG, %edi
        (byte) 0xbe, 9, 0, 0, 0,          // mov $SIGKILL, %esi
        0x0f, 0x05,                       // syscall
        (byte) 0xb8, 110, 0, 0, 0,        // mov $getppid, %eax
        0x0f, 0x05,                       // syscall
        0x3d, 0, 0, 0, 0,                 // cmp $guardian, %eax
        0x74, 9,                          // je the waiting loop
        (byte) 0xb8, (byte) 231, 0, 0, 0, // mov $exit_group, %eax
        0x31, (byte) 0xff,                // xor %edi, %edi
        0x0f, 0x05,                       // syscall
    };
    private static final int GUARDIAN = 25;

    private static final byte[] WAIT = {
        (byte) 0xb8, 34, 0, 0, 0,         // mov $pause, %eax
        0x0f, 0x05,                       // syscall
        (byte) 0xeb, (byte) -9,           // jmp back
    };
    private static final byte[] CALL = {0x0f, 0x05, (byte) 0xc3};
    private static final byte[] RESTORER = {(byte) 0xb8, 15, 0, 0, 0, 0x0f, 0x05};

    private static final byte[] WATCH = {
        (byte) 0xb8, 62, 0, 0, 0,         // mov $kill, %eax
        (byte) 0xbf, 0, 0, 0, 0,          // mov $guardian, %edi
        0x31, (byte) 0xf6,                // xor %esi, %esi
        0x0f, 0x05,                       // syscall
        (byte) 0x85, (byte) 0xc0,         // test %eax, %eax
        0x78, 18,                         // js the end
        (byte) 0xb8, 35, 0, 0, 0,         // mov $nanosleep, %eax
        0x48, (byte) 0x8d, 0x3d, 17, 0, 0, 0, // lea the pause, %rdi
        0x31, (byte) 0xf6,                // xor %esi, %esi
        0x0f, 0x05,                       // syscall
        (byte) 0xeb, (byte) -36,          // jmp back
        (byte) 0xb8, (byte) 231, 0, 0, 0, // mov $exit_group, %eax
        0x31, (byte) 0xff,                // xor %edi, %edi
        0x0f, 0x05,                       // syscall
        0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,           // the pause: no seconds,
        (byte) 0x80, (byte) 0x96, (byte) 0x98, 0, 0, 0, 0, 0, // and 10,000,000 nanoseconds
    };
    private static final int WATCHED = 6;

    private static final int WAIT_OFFSET = CODE + GUARD.length;
    private static final int CALL_OFFSET = WAIT_OFFSET + WAIT.length;
    private static final int RESTORER_OFFSET = CALL_OFFSET + CALL.length;
    private static final int WATCH_OFFSET = RESTORER_OFFSET + RESTORER.length;

    private SeedElf() {}

    /** The program for address {@code base} (a multiple of {@value #SIZE}), that lives no longer than {@code guardian}, its parent. */
    public static byte[] build(RemoteAddress base, Pid guardian) {
        ByteBuffer elf = program(base, CODE);
        return elf.putInt(CODE + GUARDIAN, guardian.number()).array();
    }

    /**
     * The program for address {@code base}, to be run as a sibling of {@code guardian}, which it cannot be told of: until it is attached
     * to, it looks a hundred times a second whether the guardian still exists, and ends when not.
     */
    public static byte[] buildSibling(RemoteAddress base, Pid guardian) {
        ByteBuffer elf = program(base, WATCH_OFFSET);
        return elf.put(WATCH_OFFSET, WATCH).putInt(WATCH_OFFSET + WATCHED, guardian.number()).array();
    }

    private static ByteBuffer program(RemoteAddress base, int entry) {
        if (base.value() % SIZE != 0) {
            throw new IllegalArgumentException("not the start of a page: " + base);
        }
        ByteBuffer elf = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        putHeader(elf, base.value(), entry);
        putSegment(elf, HEADER, 1, 5, base.value(), SIZE); // PT_LOAD, read and execute
        putSegment(elf, HEADER + PROGRAM_HEADER, 0x6474e551, 6, 0, 0); // PT_GNU_STACK: the stack is not executable
        elf.put(CODE, GUARD);
        return elf.put(WAIT_OFFSET, WAIT).put(CALL_OFFSET, CALL).put(RESTORER_OFFSET, RESTORER);
    }

    private static void putHeader(ByteBuffer elf, long base, int entry) {
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1); // 64 bits, little-endian, version 1
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1); // ET_EXEC, EM_X86_64
        elf.putLong(24, base + entry).putLong(32, HEADER);
        elf.putShort(52, (short) HEADER).putShort(54, (short) PROGRAM_HEADER).putShort(56, (short) 2);
    }

    private static void putSegment(ByteBuffer elf, int at, int type, int flags, long address, long size) {
        elf.putInt(at, type).putInt(at + 4, flags);
        elf.putLong(at + 16, address).putLong(at + 24, address);
        elf.putLong(at + 32, size).putLong(at + 40, size).putLong(at + 48, SIZE);
    }

    /** Where its calls can be made, with the program at {@code base}. */
    public static CallSite callSite(RemoteAddress base) {
        return new CallSite(base.plus(CALL_OFFSET), base.plus(RESTORER_OFFSET));
    }

    /** Where it waits for ever, with the program at {@code base}. */
    public static RemoteAddress waitingLoop(RemoteAddress base) {
        return base.plus(WAIT_OFFSET);
    }
}
