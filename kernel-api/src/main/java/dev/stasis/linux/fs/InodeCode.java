package dev.stasis.linux.fs;

import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;

/**
 * A BPF program that looks at the inode of an open file, while it is written down. It begins with the way there, by the calling
 * thread's table of descriptors; all by reads that fail, rather than fault, where nothing is.
 */
final class InodeCode {
    /** On the program's stack, what was read last. */
    private static final int READ = -8;
    // Registers that calls leave alone.
    private static final int NUMBER = 6;
    private static final int AT = 7;
    private static final int INODE = 8;
    private static final int ANSWER = 9;

    private final BpfTypes types = new BpfTypes();
    private final BpfCode code = new BpfCode();

    InodeCode() {
        code.load(NUMBER, 1, 0); // the first argument: the descriptor
        code.set(ANSWER, 0);
        code.call(BpfProgram.CURRENT_TASK);
        code.move(AT, BpfCode.RESULT);
        follow("task_struct", "files");
        follow("files_struct", "fdt");
        follow("fdtable", "fd");
        code.multiply(NUMBER, Long.BYTES);
        code.add(AT, NUMBER);
        code.set(3, 0);
        read(Long.BYTES);
        follow("file", "f_inode");
        code.move(INODE, AT);
    }

    /** Goes on, from the inode, to what its {@code field} points at. */
    void followFromInode(String field) {
        code.move(AT, INODE);
        follow("inode", field);
    }

    private void follow(String structure, String field) {
        code.set(3, new BpfTypes.Field(types.struct(structure, 8, field, BpfTypes.POINTER, 0), "0:0", 0));
        read(Long.BYTES);
    }

    /** Adds the bits of the inode's {@code field}, which has {@code type}, to the answer. */
    void answerOfInode(String field, int type) {
        code.move(AT, INODE);
        answer("inode", field, type);
    }

    /** Adds the bits of {@code field}, which has {@code type}, of the {@code structure} it has come to. */
    void answer(String structure, String field, int type) {
        code.set(3, new BpfTypes.Field(types.struct(structure, Integer.BYTES, field, type, 0), "0:0", 0));
        read(Integer.BYTES);
        code.or(ANSWER, AT);
    }

    /** AT becomes the {@code size} bytes at the offset in register 3 behind it; zeros when they cannot be read. */
    private void read(int size) {
        code.add(3, AT);
        code.move(1, BpfCode.STACK);
        code.addConstant(1, READ);
        code.set(2, 0);
        code.store(BpfCode.STACK, READ, 2);
        code.set(2, size);
        code.call(BpfProgram.READ_KERNEL);
        code.load(AT, BpfCode.STACK, READ);
    }

    /** For fields that are of no type that is there from the start. */
    BpfTypes types() {
        return types;
    }

    /** Has the kernel take it; throws {@link dev.stasis.linux.KernelException} when it does not. {@code subject} is for messages. */
    BpfProgram load(String subject) {
        code.move(BpfCode.RESULT, ANSWER);
        code.exit();
        return new BpfProgram(code, types, types.function(), subject);
    }
}
