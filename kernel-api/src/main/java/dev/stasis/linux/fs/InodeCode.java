package dev.stasis.linux.fs;

import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.KernelWalk;

/**
 * A BPF program that looks at the inode of an open file, while it is written down. It begins with the way there, by the calling
 * thread's table of descriptors; all by reads that fail, rather than fault, where nothing is.
 */
final class InodeCode {
    // Registers that calls leave alone.
    private static final int NUMBER = 6;
    private static final int INODE = 8;
    private static final int ANSWER = 9;

    private final BpfTypes types = new BpfTypes();
    private final BpfCode code = new BpfCode();
    private final KernelWalk walk = new KernelWalk(code, types);

    InodeCode() {
        code.load(NUMBER, 1, 0); // the first argument: the descriptor
        code.set(ANSWER, 0);
        walk.goToFile(NUMBER);
        walk.follow("file", "f_inode");
        code.move(INODE, KernelWalk.AT);
    }

    /** Goes on, from the inode, to what its {@code field} points at. */
    void followFromInode(String field) {
        code.move(KernelWalk.AT, INODE);
        walk.follow("inode", field);
    }

    /** Adds the bits of the inode's {@code field}, which has {@code type}, to the answer. */
    void answerOfInode(String field, int type) {
        code.move(KernelWalk.AT, INODE);
        answer("inode", field, type);
    }

    /** Adds the bits of {@code field}, which has {@code type}, of the {@code structure} it has come to. */
    void answer(String structure, String field, int type) {
        code.set(3, KernelWalk.field(types.struct(structure, Integer.BYTES, field, type, 0)));
        walk.read(Integer.BYTES);
        code.or(ANSWER, KernelWalk.AT);
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
