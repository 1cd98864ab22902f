package dev.stasis.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The program of a puppet: one page that waits for signals, and nothing else. */
final class PuppetElf {
    private static final long ADDRESS = 0x10000000L;
    private static final int HEADERS = 64 + 56 + 56;
    /** Where the code below calls the kernel for us. */
    static final long CALL_SITE = ADDRESS + HEADERS + 9;

    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;

    private static final byte[] CODE = {
        (byte) 0xb8, 34, 0, 0, 0, // again: mov $pause, %eax
        0x0f, 0x05, //                  syscall
        (byte) 0xeb, (byte) 0xf7, //    jmp again
        0x0f, 0x05, (byte) 0xc3, //     syscall; ret            where calls are injected
        (byte) 0xb8, 15, 0, 0, 0, //    mov $rt_sigreturn, %eax
        0x0f, 0x05, //                  syscall                 how a thread finds home from a signal frame
    };

    private PuppetElf() {}

    /** The bytes of the executable. */
    static byte[] bytes() {
        ByteBuffer elf = ByteBuffer.allocate(HEADERS + CODE.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        elf.putShort((short) 2).putShort((short) 62).putInt(1);
        elf.putLong(ADDRESS + HEADERS).putLong(64).putLong(0);
        elf.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 2).putShort((short) 0).putShort((short) 0)
                .putShort((short) 0);
        programHeader(elf, PT_LOAD, READ_EXECUTE, ADDRESS, HEADERS + CODE.length);
        programHeader(elf, PT_GNU_STACK, READ_WRITE, 0, 0);
        return elf.put(CODE).array();
    }

    private static void programHeader(ByteBuffer elf, int type, int flags, long address, long size) {
        elf.putInt(type).putInt(flags).putLong(0).putLong(address).putLong(address).putLong(size).putLong(size).putLong(4096);
    }
}
