package dev.stasis.linux.notify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.KernelWalk;
import dev.stasis.linux.NativeMemory;

/**
 * BPF programs that tell the inodes which a group of the kernel's notification has marks on, some in each run, and the inode of an
 * open file; all by reads that fail, rather than fault, where nothing is.
 */
final class MarksProgram implements AutoCloseable {
    /** How many marks one run tells of at most; the verifier walks through so many rounds. */
    static final int BATCH = 32;

    // What the map's one value holds.
    private static final int COUNT = 0;
    private static final int CURSOR = 8;
    private static final int MARKS = 16;
    // What each mark takes there.
    private static final int INODE = 0;
    private static final int NUMBER = 8;
    private static final int WATCH = 16;
    private static final int MARK = 24;
    private static final int VALUE = MARKS + BATCH * MARK;

    // Registers that calls leave alone.
    private static final int ROUND = 6;
    private static final int AT = KernelWalk.AT;
    private static final int HEAD = 8;
    private static final int OUT = 9;
    // On the program's stack, below what the walk uses.
    private static final int LINK = -16;
    private static final int FOUND = -24;
    private static final int OBJECT = -32;

    private static final String SUBJECT = "marks of inodes";

    private final NativeMemory value = NativeMemory.allocate(VALUE);
    private final Fd map;
    private BpfProgram marks;
    private BpfProgram inode;

    /** Has the kernel take them; throws {@link dev.stasis.linux.KernelException} when it does not. */
    MarksProgram() {
        map = BpfProgram.map(VALUE, SUBJECT);
        boolean done = false;
        try {
            marks = marks();
            inode = inode();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private BpfProgram marks() {
        BpfTypes types = new BpfTypes();
        BpfCode code = new BpfCode();
        KernelWalk walk = new KernelWalk(code, types);
        begin(code);
        code.store(BpfCode.STACK, LINK, HEAD);
        walk.goToFile(ROUND);
        walk.follow("file", "private_data");
        int list = types.struct("list_head", 16, "next", BpfTypes.POINTER, 0);
        code.set(HEAD, KernelWalk.field(types.struct("fsnotify_group", 16, "marks_list", list, 0)));
        code.add(HEAD, AT);
        code.load(AT, BpfCode.STACK, LINK);
        int goesOn = code.jumpIfNotZero(AT);
        code.move(AT, HEAD);
        code.land(goesOn);
        writeMarks(code, walk, types, list);
        code.store(OUT, CURSOR, AT);
        code.store(OUT, COUNT, ROUND);
        end(code);
        return new BpfProgram(code, types, types.function(), SUBJECT);
    }

    /** The arguments are in ROUND and HEAD then, and OUT points at the map's value. */
    private void begin(BpfCode code) {
        code.load(ROUND, 1, 0);
        code.load(HEAD, 1, 8);
        code.pointAtValue(OUT, map.number());
    }

    private static void end(BpfCode code) {
        code.set(BpfCode.RESULT, 0);
        code.exit();
    }

    /** Tells of the marks behind AT until there are no more, or as many as there is room for; AT is the last one's link then. */
    private static void writeMarks(BpfCode code, KernelWalk walk, BpfTypes types, int list) {
        BpfTypes.Field link = KernelWalk.field(types.struct("fsnotify_mark", 16, "g_list", list, 0));
        BpfTypes.Field watch = KernelWalk.field(types.struct("inotify_inode_mark", 4, "wd", BpfTypes.UNSIGNED_INT, 0));
        BpfTypes.Field connectors = KernelWalk.field(types.struct("inode", 8, "i_fsnotify_marks", BpfTypes.POINTER, 0));
        BpfTypes.Field number = KernelWalk.field(types.struct("inode", 4, "i_ino", BpfTypes.UNSIGNED_INT, 0));
        code.set(ROUND, 0);
        int loop = code.here();
        int full = code.jumpIfAtLeast(ROUND, BATCH);
        walk.follow("list_head", "next");
        int end = code.jumpIfEqual(AT, HEAD);
        int nothing = code.jumpIfZero(AT);
        code.store(BpfCode.STACK, LINK, AT);
        code.set(1, link);
        code.subtract(AT, 1);
        code.store(BpfCode.STACK, FOUND, AT);
        code.set(3, watch);
        walk.read(Integer.BYTES);
        tell(code, WATCH);
        code.load(AT, BpfCode.STACK, FOUND);
        writeWayToInode(code, walk, connectors);
        tell(code, INODE);
        code.set(3, number);
        walk.read(Long.BYTES);
        tell(code, NUMBER);
        code.load(AT, BpfCode.STACK, LINK);
        code.addConstant(ROUND, 1);
        code.jumpBack(loop);
        code.land(full);
        code.land(end);
        code.land(nothing);
    }

    /** From a mark to its inode. Older kernels note not the inode, but its field that points back (before Linux 6.10). */
    private static void writeWayToInode(BpfCode code, KernelWalk walk, BpfTypes.Field connectors) {
        walk.follow("fsnotify_mark", "connector");
        code.store(BpfCode.STACK, FOUND, AT);
        walk.follow("fsnotify_mark_connector", "obj");
        code.store(BpfCode.STACK, OBJECT, AT);
        code.set(3, connectors);
        walk.read(Long.BYTES);
        code.load(1, BpfCode.STACK, FOUND);
        int isInode = code.jumpIfEqual(AT, 1);
        code.load(AT, BpfCode.STACK, OBJECT);
        code.set(1, connectors);
        code.subtract(AT, 1);
        int isField = code.jump();
        code.land(isInode);
        code.load(AT, BpfCode.STACK, OBJECT);
        code.land(isField);
    }

    /** Stores what is in AT at {@code offset} of this round's slot. */
    private static void tell(BpfCode code, int offset) {
        code.move(1, ROUND);
        code.multiply(1, MARK);
        code.add(1, OUT);
        code.store(1, MARKS + offset, AT);
    }

    private BpfProgram inode() {
        BpfTypes types = new BpfTypes();
        BpfCode code = new BpfCode();
        KernelWalk walk = new KernelWalk(code, types);
        begin(code);
        walk.goToFile(ROUND);
        walk.follow("file", "f_inode");
        code.store(OUT, CURSOR, AT);
        end(code);
        return new BpfProgram(code, types, types.function(), SUBJECT);
    }

    /** Tells of marks of {@code group} from behind the one where {@code cursor} is, or from the first when that is 0; returns how many. */
    int run(Fd group, long cursor) {
        marks.run(group.number(), cursor);
        marks.read(map, value);
        return (int) value.getLong(COUNT);
    }

    /** Where the last run ended. */
    long cursor() {
        return value.getLong(CURSOR);
    }

    long inode(int index) {
        return value.getLong(MARKS + index * MARK + INODE);
    }

    long number(int index) {
        return value.getLong(MARKS + index * MARK + NUMBER);
    }

    int watch(int index) {
        return value.getInt(MARKS + index * MARK + WATCH);
    }

    /** The address of the inode of {@code file}. */
    long inodeOf(Fd file) {
        inode.run(file.number(), 0);
        inode.read(map, value);
        return value.getLong(CURSOR);
    }

    @Override
    public void close() {
        if (marks != null) {
            marks.close();
        }
        if (inode != null) {
            inode.close();
        }
        map.close();
    }
}
