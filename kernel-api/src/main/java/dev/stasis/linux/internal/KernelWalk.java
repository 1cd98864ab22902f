package dev.stasis.linux.internal;

/**
 * The part of a BPF program that goes from one structure of the kernel to the next, while it is written down; all by reads that fail,
 * rather than fault, where nothing is. Takes registers 1 to 5 and {@link #AT}, and the first bytes of the stack.
 */
public final class KernelWalk {
    /** The register with the address that it has come to, or what it has read there. Calls leave it alone. */
    public static final int AT = 7;
    /** On the program's stack, what was read last. */
    private static final int READ = -8;

    private final BpfCode code;
    private final BpfTypes types;

    /** Adds to {@code code}, with {@code types}. */
    public KernelWalk(BpfCode code, BpfTypes types) {
        this.code = code;
        this.types = types;
    }

    /** Goes to the open file that the calling thread has as the descriptor in register {@code number}, which is lost. */
    public void goToFile(int number) {
        code.call(BpfProgram.CURRENT_TASK);
        code.move(AT, BpfCode.RESULT);
        follow("task_struct", "files");
        follow("files_struct", "fdt");
        follow("fdtable", "fd");
        code.multiply(number, Long.BYTES);
        code.add(AT, number);
        code.set(3, 0);
        read(Long.BYTES);
    }

    /** Goes on to what {@code field} of {@code structure} points at. */
    public void follow(String structure, String field) {
        code.set(3, field(types.struct(structure, Long.BYTES, field, BpfTypes.POINTER, 0)));
        read(Long.BYTES);
    }

    /** AT becomes the {@code size} bytes at the offset in register 3 behind it; zeros when they cannot be read. */
    public void read(int size) {
        code.add(3, AT);
        code.move(1, BpfCode.STACK);
        code.addConstant(1, READ);
        code.set(2, 0);
        code.store(BpfCode.STACK, READ, 2);
        code.set(2, size);
        code.call(BpfProgram.READ_KERNEL);
        code.load(AT, BpfCode.STACK, READ);
    }

    /** The place of the one field that {@code structure} was told to have. */
    public static BpfTypes.Field field(int structure) {
        return new BpfTypes.Field(structure, "0:0", 0);
    }
}
