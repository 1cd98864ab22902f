package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import dev.stasis.linux.ptrace.StoppedTask;
import java.nio.charset.StandardCharsets;

/**
 * The process with number 1 of a new pid namespace, parent of the tree's root. It is a child of this process. It takes notice
 * of all that end in the namespace, and ends when nobody is left, with the exit code of the root, or 128 and the signal that
 * killed it. When it ends, the kernel kills whatever is in the namespace.
 */
final class NamespaceInit {
    static final Pid NUMBER = new Pid(1);

    private static final int CLONE_NEWPID = 0x20000000;
    private static final int PR_SET_NAME = 15;
    private static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long ALL_SIGNALS = -1L;

    /**
     * What it does, r12 being the root's number:
     * <pre>
     * 00  mov edi, -1; mov rsi, rsp; mov edx, __WALL; xor r10d, r10d; mov eax, wait4; syscall
     * 17  cmp eax, r12d; jne 20; mov r13d, [rsp]
     * 20  cmp eax, -ECHILD; jne 00
     * 25  mov edi, r13d; and edi, 0x7f; jz 35; add edi, 128; jmp 41
     * 35  mov edi, r13d; shr edi, 8; and edi, 0xff
     * 41  mov eax, exit_group; syscall
     * </pre>
     */
    private static final int[] CODE = {
        0xbf, 0xff, 0xff, 0xff, 0xff, 0x48, 0x89, 0xe6, 0xba, 0x00, 0x00, 0x00, 0x40, 0x45, 0x31, 0xd2, 0xb8, 61, 0, 0, 0,
        0x0f, 0x05,
        0x44, 0x39, 0xe0, 0x75, 0x04, 0x44, 0x8b, 0x2c, 0x24,
        0x83, 0xf8, 0xf6, 0x75, 0xdb,
        0x44, 0x89, 0xef, 0x83, 0xe7, 0x7f, 0x74, 0x08, 0x81, 0xc7, 0x80, 0, 0, 0, 0xeb, 0x0c,
        0x44, 0x89, 0xef, 0xc1, 0xef, 0x08, 0x81, 0xe7, 0xff, 0, 0, 0,
        0xb8, 231, 0, 0, 0, 0x0f, 0x05};

    private NamespaceInit() {}

    /** Has {@code seed} bear it, in a new pid namespace, in which all are born that it bears. */
    static Newborn bear(Newborn seed) {
        seed.call("unshare CLONE_NEWPID", SyscallNumber.UNSHARE, CLONE_NEWPID);
        Newborn init = seed.clone(null, Cloning.bear(seed, seed.leader(), Cloning.AS_SIBLING, 0, NUMBER), false);
        init.number = NUMBER;
        return init;
    }

    /** Makes it ready to be let go of: from then on it waits for the end of root {@code root}, by its number in the namespace. */
    static StoppedTask prepare(Newborn init, Pid root) {
        long page = init.call("mmap", SyscallNumber.MMAP, 0, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        byte[] code = new byte[CODE.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) CODE[i];
        }
        init.memory.write(new RemoteAddress(page), code);
        init.call("mprotect", SyscallNumber.MPROTECT, page, PAGE, PROT_READ_EXECUTE);
        init.call("prctl PR_SET_NAME", SyscallNumber.PRCTL, PR_SET_NAME, init.arena.put(text("stasis-init")).value());
        init.call("chdir", SyscallNumber.CHDIR, init.arena.put(text("/")).value());
        init.call("close_range", SyscallNumber.CLOSE_RANGE, 0, 0xffffffffL, 0);
        Registers home = init.leader().home().with(Name.RIP, page)
                .with(Name.RSP, init.arena.base().value() + Hole.ARENA_SIZE / 2)
                .with(Name.R12, root.number()).with(Name.R13, 0).with(Name.ORIG_RAX, -1);
        return init.leader().end(home, ALL_SIGNALS);
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }
}
