package dev.stasis.linux.notify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;

/**
 * A BPF program that copies some events of an inotify queue and leaves them there. It follows the calling thread's table of
 * descriptors to the instance, and the instance's list of events; all by reads that fail, rather than fault, where nothing is.
 */
final class QueueProgram implements AutoCloseable {
    /** How many events one run copies at most; the verifier walks through so many rounds. */
    static final int BATCH = 32;

    // What the map's one value holds.
    private static final int POINTER = 0;
    private static final int CURSOR = 8;
    private static final int NEXT_WATCH = 16;
    private static final int COUNT = 24;
    private static final int LIMIT = 20;
    private static final int EVENTS = 32;
    // What each event takes there.
    private static final int MASK = 0;
    private static final int WATCH = 4;
    private static final int COOKIE = 8;
    private static final int NAME_LENGTH = 12;
    private static final int NAME = 16;
    private static final int NAME_ROOM = 256;
    private static final int EVENT = NAME + NAME_ROOM;
    private static final int VALUE = EVENTS + BATCH * EVENT;

    // Registers that calls leave alone.
    private static final int ROUND = 6;
    private static final int AT = 7;
    private static final int HEAD = 8;
    private static final int OUT = 9;

    private static final String SUBJECT = "inotify queues";

    private final NativeMemory value = NativeMemory.allocate(VALUE);
    private final Fd map;
    private final BpfProgram program;

    /**
     * Has the kernel take it; throws {@link dev.stasis.linux.KernelException} when it does not.
     *
     * @param way to the event that is copied next: {@link KernelStructures#LIST_NEXT} from the first on, or
     *     {@link KernelStructures#LIST_PREVIOUS} from the last on
     */
    QueueProgram(BpfTypes.Field way) {
        map = BpfProgram.map(VALUE, SUBJECT);
        BpfProgram loaded = null;
        try {
            BpfTypes types = new KernelStructures().types();
            int function = types.function();
            loaded = new BpfProgram(write(map, way), types, function, SUBJECT);
            program = loaded;
        } finally {
            if (loaded == null) {
                map.close();
            }
        }
    }

    private static BpfCode write(Fd map, BpfTypes.Field way) {
        BpfCode code = new BpfCode();
        code.load(ROUND, 1, 0); // first argument: the descriptor
        code.load(HEAD, 1, 8); // second: where to go on
        code.pointAtValue(OUT, map.number());
        code.store(OUT, CURSOR, HEAD);
        writeWayToInstance(code);
        code.set(HEAD, KernelStructures.GROUP_QUEUE);
        code.add(HEAD, AT);
        code.load(AT, OUT, CURSOR);
        int goesOn = code.jumpIfNotZero(AT);
        code.move(AT, HEAD);
        code.land(goesOn);
        writeEvents(code, way);
        code.store(OUT, CURSOR, AT);
        code.store(OUT, COUNT, ROUND);
        code.set(BpfCode.RESULT, 0);
        code.exit();
        return code;
    }

    /** From the running thread to the structure of the instance, in AT; notes the number of the next watch and how many events it takes. */
    private static void writeWayToInstance(BpfCode code) {
        code.call(BpfProgram.CURRENT_TASK);
        code.move(AT, BpfCode.RESULT);
        follow(code, KernelStructures.TASK_FILES);
        follow(code, KernelStructures.FILES_TABLE);
        follow(code, KernelStructures.TABLE_DESCRIPTORS);
        code.multiply(ROUND, Long.BYTES);
        code.add(AT, ROUND);
        code.move(3, AT);
        read(code, POINTER, Long.BYTES);
        code.load(AT, OUT, POINTER);
        follow(code, KernelStructures.FILE_PRIVATE);
        code.set(3, KernelStructures.GROUP_NEXT_WATCH);
        code.add(3, AT);
        read(code, NEXT_WATCH, Integer.BYTES);
        code.set(3, KernelStructures.GROUP_LIMIT);
        code.add(3, AT);
        read(code, LIMIT, Integer.BYTES);
    }

    /** AT becomes the pointer in {@code field} of what AT points at. */
    private static void follow(BpfCode code, BpfTypes.Field field) {
        code.set(3, field);
        code.add(3, AT);
        read(code, POINTER, Long.BYTES);
        code.load(AT, OUT, POINTER);
    }

    /** Reads what register 3 points at. */
    private static void read(BpfCode code, int offset, int size) {
        code.move(1, OUT);
        code.addConstant(1, offset);
        code.set(2, size);
        code.call(BpfProgram.READ_KERNEL);
    }

    /** Copies events on {@code way} from AT until there are no more, or as many as there is room for; AT is the last one then. */
    private static void writeEvents(BpfCode code, BpfTypes.Field way) {
        code.set(ROUND, 0);
        int loop = code.here();
        int full = code.jumpIfAtLeast(ROUND, BATCH);
        code.set(3, way);
        code.add(3, AT);
        read(code, POINTER, Long.BYTES);
        code.load(1, OUT, POINTER);
        int end = code.jumpIfEqual(1, HEAD);
        int nothing = code.jumpIfZero(1);
        code.move(AT, 1);
        copy(code, KernelStructures.EVENT_MASK, MASK);
        copy(code, KernelStructures.EVENT_WATCH, WATCH);
        copy(code, KernelStructures.EVENT_COOKIE, COOKIE);
        copy(code, KernelStructures.EVENT_NAME_LENGTH, NAME_LENGTH);
        pointAt(code, KernelStructures.EVENT_NAME_LENGTH);
        code.addConstant(3, KernelStructures.NAME_BEHIND_LENGTH);
        pointAtSlot(code, NAME);
        code.set(2, NAME_ROOM);
        code.call(BpfProgram.READ_KERNEL_STRING);
        code.addConstant(ROUND, 1);
        code.jumpBack(loop);
        code.land(full);
        code.land(end);
        code.land(nothing);
    }

    private static void copy(BpfCode code, BpfTypes.Field field, int offset) {
        pointAt(code, field);
        pointAtSlot(code, offset);
        code.set(2, Integer.BYTES);
        code.call(BpfProgram.READ_KERNEL);
    }

    /** Register 3 points at {@code field} of the event that is linked at AT. */
    private static void pointAt(BpfCode code, BpfTypes.Field field) {
        code.move(3, AT);
        code.set(1, KernelStructures.EVENT_LINK);
        code.subtract(3, 1);
        code.set(1, field);
        code.add(3, 1);
    }

    /** Register 1 points at {@code offset} of this round's slot. */
    private static void pointAtSlot(BpfCode code, int offset) {
        code.move(1, ROUND);
        code.multiply(1, EVENT);
        code.addConstant(1, EVENTS + offset);
        code.add(1, OUT);
    }

    /**
     * Copies events of {@code instance}, a descriptor of this process, from behind the one where {@code cursor} is, or from the
     * first on its way when that is 0; returns how many.
     */
    int run(Fd instance, long cursor) {
        program.run(instance.number(), cursor);
        program.read(map, value);
        return (int) value.getLong(COUNT);
    }

    /** Where the last run ended. */
    long cursor() {
        return value.getLong(CURSOR);
    }

    /** The number that the next watch gets. */
    int nextWatch() {
        return value.getInt(NEXT_WATCH);
    }

    /** How many events the instance takes before an overflow. */
    int limit() {
        return value.getInt(LIMIT);
    }

    int mask(int index) {
        return value.getInt(EVENTS + index * EVENT + MASK);
    }

    int watch(int index) {
        return value.getInt(EVENTS + index * EVENT + WATCH);
    }

    int cookie(int index) {
        return value.getInt(EVENTS + index * EVENT + COOKIE);
    }

    int nameLength(int index) {
        return value.getInt(EVENTS + index * EVENT + NAME_LENGTH);
    }

    /** The first {@code length} bytes of the name, not more than 255. */
    byte[] name(int index, int length) {
        return value.get(EVENTS + index * EVENT + NAME, length);
    }

    /** Byte {@code at} of the name, from 0 to 255. */
    byte nameByte(int index, int at) {
        return value.getByte(EVENTS + index * EVENT + NAME + at);
    }

    @Override
    public void close() {
        program.close();
        map.close();
    }
}
