package dev.stasis.linux.notify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.KernelWalk;

/**
 * A BPF program that tells the name of an inode, of the directory that that is in, and so on up to the root of its file system, some
 * in each run; all by reads that fail, rather than fault, where nothing is.
 */
final class InodeNames implements AutoCloseable {
    private static final int BATCH = 8;

    // What the map's one value holds.
    private static final int COUNT = 0;
    private static final int CURSOR = 8;
    private static final int NAMES = 16;
    private static final int NAME = 256;
    private static final int VALUE = NAMES + BATCH * NAME;

    // Registers that calls leave alone.
    private static final int ROUND = 6;
    private static final int AT = KernelWalk.AT;
    private static final int ENTRY = 8;
    private static final int OUT = 9;

    private static final String SUBJECT = "names of inodes";

    private final NativeMemory value = NativeMemory.allocate(VALUE);
    private final Fd map;
    private final BpfProgram program;

    /** Has the kernel take it; throws {@link dev.stasis.linux.KernelException} when it does not. */
    InodeNames() {
        map = BpfProgram.map(VALUE, SUBJECT);
        BpfProgram loaded = null;
        try {
            BpfTypes types = new BpfTypes();
            BpfCode code = write(types);
            loaded = new BpfProgram(code, types, types.function(), SUBJECT);
            program = loaded;
        } finally {
            if (loaded == null) {
                map.close();
            }
        }
    }

    private BpfCode write(BpfTypes types) {
        BpfCode code = new BpfCode();
        KernelWalk walk = new KernelWalk(code, types);
        code.load(AT, 1, 0); // first argument: the inode
        code.load(ENTRY, 1, 8); // second: where to go on
        code.pointAtValue(OUT, map.number());
        int goesOn = code.jumpIfNotZero(ENTRY);
        int nothing = writeWayToEntry(code, walk, types);
        code.land(goesOn);
        writeNames(code, walk, types);
        code.store(OUT, CURSOR, AT);
        code.store(OUT, COUNT, ROUND);
        code.set(BpfCode.RESULT, 1);
        code.exit();
        code.land(nothing);
        code.set(BpfCode.RESULT, 0);
        code.exit();
        return code;
    }

    /** From an inode to the first entry that the kernel remembers of it; returns the jump that is taken when there is none. */
    private static int writeWayToEntry(BpfCode code, KernelWalk walk, BpfTypes types) {
        int first = types.struct("hlist_head", 8, "first", BpfTypes.POINTER, 0);
        int link = types.struct("hlist_node", 8, "next", BpfTypes.POINTER, 0);
        int links = types.struct("d_links", 8, "d_alias", link, 0);
        code.set(3, new BpfTypes.Field(types.struct("inode", 8, "i_dentry", first, 0), "0:0:0", 0));
        walk.read(Long.BYTES);
        int nothing = code.jumpIfZero(AT);
        code.move(ENTRY, AT);
        code.set(1, new BpfTypes.Field(types.struct("dentry", 8, "d_u", links, 0), "0:0:0", 0));
        code.subtract(ENTRY, 1);
        return nothing;
    }

    /** Copies names from ENTRY on upwards, without the root's; AT is where to go on then, 0 when that was all. */
    private static void writeNames(BpfCode code, KernelWalk walk, BpfTypes types) {
        int text = types.struct("qstr", 8, "name", BpfTypes.POINTER, 0);
        BpfTypes.Field name = new BpfTypes.Field(types.struct("dentry", 8, "d_name", text, 0), "0:0:0", 0);
        code.set(ROUND, 0);
        int loop = code.here();
        code.move(AT, ENTRY);
        int full = code.jumpIfAtLeast(ROUND, BATCH);
        walk.follow("dentry", "d_parent");
        int root = code.jumpIfEqual(AT, ENTRY);
        code.move(1, AT);
        code.move(AT, ENTRY);
        code.move(ENTRY, 1);
        code.set(3, name);
        walk.read(Long.BYTES);
        code.move(3, AT);
        code.move(1, ROUND);
        code.multiply(1, NAME);
        code.addConstant(1, NAMES);
        code.add(1, OUT);
        code.set(2, NAME);
        code.call(BpfProgram.READ_KERNEL_STRING);
        code.addConstant(ROUND, 1);
        code.jumpBack(loop);
        code.land(root);
        code.set(AT, 0);
        code.land(full);
    }

    /**
     * Copies names of the inode at {@code inode}, or goes on at {@code cursor} when that is not 0; whether the kernel remembers
     * any.
     */
    boolean run(long inode, long cursor) {
        boolean found = program.run(inode, cursor) == 1;
        program.read(map, value);
        return found;
    }

    int count() {
        return (int) value.getLong(COUNT);
    }

    /** Where to go on; 0 when that was all. */
    long cursor() {
        return value.getLong(CURSOR);
    }

    byte[] name(int index) {
        int at = NAMES + index * NAME;
        int length = 0;
        while (length < NAME - 1 && value.getByte(at + length) != 0) {
            length++;
        }
        return value.get(at, length);
    }

    @Override
    public void close() {
        program.close();
        map.close();
    }
}
