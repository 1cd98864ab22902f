package dev.stasis.linux.notify;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;
import java.nio.charset.StandardCharsets;

/**
 * A BPF program that copies some events of an inotify queue and leaves them there. It follows the calling thread's table of
 * descriptors to the instance, and the instance's list of events; all by reads that fail, rather than fault, where nothing is.
 *
 * <p>The kernel lends such reads to programs whose licence it knows. These instructions, and they alone, may be used under the
 * MIT licence or the GPL too.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>
 */
final class QueueProgram implements AutoCloseable {
    /** How many events one run copies at most; the verifier walks through so many rounds. */
    static final int BATCH = 32;

    private static final int MAP_CREATE = 0;
    private static final int MAP_LOOKUP = 1;
    private static final int PROGRAM_LOAD = 5;
    private static final int PROGRAM_RUN = 10;
    private static final int TYPES_LOAD = 18;
    private static final int ARRAY_MAP = 2;
    private static final int RAW_TRACEPOINT = 17;

    private static final int LOOKUP_ELEMENT = 1;
    private static final int CURRENT_TASK = 35;
    private static final int READ_KERNEL = 113;
    private static final int READ_KERNEL_STRING = 115;

    // What the map's one value holds.
    private static final int POINTER = 0;
    private static final int CURSOR = 8;
    private static final int NEXT_WATCH = 16;
    private static final int COUNT = 24;
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

    private static final int ATTRIBUTES = 144;
    private static final byte[] LICENCE = "Dual MIT/GPL\0".getBytes(StandardCharsets.US_ASCII);

    private final NativeMemory attributes = NativeMemory.allocate(ATTRIBUTES);
    private final NativeMemory key = NativeMemory.allocate(Integer.BYTES);
    private final NativeMemory value = NativeMemory.allocate(VALUE);
    private final NativeMemory arguments = NativeMemory.allocate(2 * Long.BYTES);
    private final Fd map;
    private Fd program;

    /** Has the kernel take it; throws {@link dev.stasis.linux.KernelException} when it does not. */
    QueueProgram() {
        attributes.putInt(0, ARRAY_MAP).putInt(4, Integer.BYTES).putInt(8, VALUE).putInt(12, 1);
        map = Fd.own((int) call("BPF_MAP_CREATE", MAP_CREATE));
        try {
            program = load(write(map));
        } finally {
            if (program == null) {
                map.close();
            }
        }
    }

    private Fd load(BpfCode code) {
        KernelStructures structures = new KernelStructures();
        NativeMemory relocations = memory(code.encodeRelocations(structures));
        NativeMemory types = memory(structures.encode());
        attributes.putLong(0, types.address()).putInt(16, types.size());
        try (Fd known = Fd.own((int) call("BPF_BTF_LOAD", TYPES_LOAD))) {
            NativeMemory instructions = memory(code.encode());
            NativeMemory licence = memory(LICENCE);
            NativeMemory function = NativeMemory.allocate(8).putInt(4, KernelStructures.FUNCTION);
            attributes.putInt(0, RAW_TRACEPOINT).putInt(4, code.count()).putLong(8, instructions.address());
            attributes.putLong(16, licence.address());
            attributes.putInt(72, known.number()).putInt(76, 8).putLong(80, function.address()).putInt(88, 1);
            attributes.putInt(116, relocations.size() / 16).putLong(128, relocations.address()).putInt(136, 16);
            Fd loaded = Fd.own((int) call("BPF_PROG_LOAD", PROGRAM_LOAD));
            java.lang.ref.Reference.reachabilityFence(instructions);
            java.lang.ref.Reference.reachabilityFence(licence);
            java.lang.ref.Reference.reachabilityFence(function);
            java.lang.ref.Reference.reachabilityFence(relocations);
            return loaded;
        }
    }

    private static NativeMemory memory(byte[] bytes) {
        return NativeMemory.allocate(bytes.length).put(0, bytes);
    }

    private long call(String name, int command) {
        try {
            return check("bpf " + name, "inotify queues",
                    Syscalls.call3(SyscallNumber.BPF, command, attributes.address(), ATTRIBUTES));
        } finally {
            attributes.clear(0, ATTRIBUTES);
        }
    }

    private static BpfCode write(Fd map) {
        BpfCode code = new BpfCode();
        code.load(ROUND, 1, 0); // first argument: the descriptor
        code.load(HEAD, 1, 8); // second: where to go on
        code.clear(BpfCode.STACK, -4);
        code.setMap(1, map.number());
        code.move(2, BpfCode.STACK);
        code.addConstant(2, -4);
        code.call(LOOKUP_ELEMENT);
        int found = code.jumpIfNotZero(BpfCode.RESULT);
        code.exit();
        code.land(found);
        code.move(OUT, BpfCode.RESULT);
        code.store(OUT, CURSOR, HEAD);
        writeWayToInstance(code);
        code.set(HEAD, KernelStructures.GROUP_QUEUE);
        code.add(HEAD, AT);
        code.load(AT, OUT, CURSOR);
        int goesOn = code.jumpIfNotZero(AT);
        code.move(AT, HEAD);
        code.land(goesOn);
        writeEvents(code);
        code.store(OUT, CURSOR, AT);
        code.store(OUT, COUNT, ROUND);
        code.set(BpfCode.RESULT, 0);
        code.exit();
        return code;
    }

    /** From the running thread to the structure of the instance, in AT; notes the number of the next watch. */
    private static void writeWayToInstance(BpfCode code) {
        code.call(CURRENT_TASK);
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
    }

    /** AT becomes the pointer in {@code field} of what AT points at. */
    private static void follow(BpfCode code, KernelStructures.Field field) {
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
        code.call(READ_KERNEL);
    }

    /** Copies events behind AT until there are no more, or as many as there is room for; AT is the last one then. */
    private static void writeEvents(BpfCode code) {
        code.set(ROUND, 0);
        int loop = code.here();
        int full = code.jumpIfAtLeast(ROUND, BATCH);
        code.move(3, AT);
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
        code.call(READ_KERNEL_STRING);
        code.addConstant(ROUND, 1);
        code.jumpBack(loop);
        code.land(full);
        code.land(end);
        code.land(nothing);
    }

    private static void copy(BpfCode code, KernelStructures.Field field, int offset) {
        pointAt(code, field);
        pointAtSlot(code, offset);
        code.set(2, Integer.BYTES);
        code.call(READ_KERNEL);
    }

    /** Register 3 points at {@code field} of the event that is linked at AT. */
    private static void pointAt(BpfCode code, KernelStructures.Field field) {
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
     * first when that is 0; returns how many.
     */
    int run(Fd instance, long cursor) {
        arguments.putLong(0, instance.number()).putLong(8, cursor);
        attributes.putInt(0, program.number()).putInt(40, arguments.size()).putLong(48, arguments.address());
        call("BPF_PROG_TEST_RUN", PROGRAM_RUN);
        attributes.putInt(0, map.number()).putLong(8, key.address()).putLong(16, value.address());
        call("BPF_MAP_LOOKUP_ELEM", MAP_LOOKUP);
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
