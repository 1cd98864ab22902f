package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;

/**
 * A BPF program that tells the state of the inode of an open file ({@code i_state}), which no call does. It follows the calling
 * thread's table of descriptors to the file; all by reads that fail, rather than fault, where nothing is.
 */
final class InodeStateProgram implements AutoCloseable {
    private static final String SUBJECT = "inode states";
    /** On the program's stack, what was read last. */
    private static final int READ = -8;
    // Registers that calls leave alone.
    private static final int NUMBER = 6;
    private static final int AT = 7;

    /** What the field is, which differs: a number up to Linux 6.17, an enumeration, or a structure around it. */
    private enum Form { NUMBER, ENUMERATION, STRUCTURE }

    private final BpfProgram program;

    /** Has the kernel take it; throws {@link KernelException} when it does not. */
    InodeStateProgram() {
        BpfProgram loaded = null;
        KernelException refusal = null;
        for (Form form : Form.values()) {
            if (loaded == null) {
                try {
                    loaded = load(form);
                } catch (KernelException e) {
                    refusal = e;
                }
            }
        }
        if (loaded == null) {
            throw refusal;
        }
        program = loaded;
    }

    private static BpfProgram load(Form form) {
        BpfTypes types = new BpfTypes();
        BpfCode code = new BpfCode();
        code.load(NUMBER, 1, 0); // the first argument: the descriptor
        code.call(BpfProgram.CURRENT_TASK);
        code.move(AT, BpfCode.RESULT);
        follow(code, pointer(types, "task_struct", "files"));
        follow(code, pointer(types, "files_struct", "fdt"));
        follow(code, pointer(types, "fdtable", "fd"));
        code.multiply(NUMBER, Long.BYTES);
        code.add(AT, NUMBER);
        code.set(3, 0);
        read(code, Long.BYTES);
        follow(code, pointer(types, "file", "f_inode"));
        int state = switch (form) {
            case NUMBER -> BpfTypes.UNSIGNED_INT;
            case ENUMERATION -> types.anyEnumeration();
            case STRUCTURE -> types.struct("inode_state_flags", 4, "__state", BpfTypes.UNSIGNED_INT, 0);
        };
        code.set(3, new BpfTypes.Field(types.struct("inode", 4, "i_state", state, 0), "0:0", 0));
        read(code, Integer.BYTES);
        code.move(BpfCode.RESULT, AT);
        code.exit();
        return new BpfProgram(code, types, types.function(), SUBJECT);
    }

    private static BpfTypes.Field pointer(BpfTypes types, String structure, String field) {
        return new BpfTypes.Field(types.struct(structure, 8, field, BpfTypes.POINTER, 0), "0:0", 0);
    }

    /** AT becomes the pointer in {@code field} of what AT points at. */
    private static void follow(BpfCode code, BpfTypes.Field field) {
        code.set(3, field);
        read(code, Long.BYTES);
    }

    /** AT becomes the {@code size} bytes at the offset in register 3 behind it. */
    private static void read(BpfCode code, int size) {
        code.add(3, AT);
        code.move(1, BpfCode.STACK);
        code.addConstant(1, READ);
        code.set(2, 0);
        code.store(BpfCode.STACK, READ, 2);
        code.set(2, size);
        code.call(BpfProgram.READ_KERNEL);
        code.load(AT, BpfCode.STACK, READ);
    }

    /** The state of the inode of {@code file}: bits whose meaning differs between kernels. */
    int of(Fd file) {
        return program.run(file.number(), 0);
    }

    @Override
    public void close() {
        program.close();
    }
}
