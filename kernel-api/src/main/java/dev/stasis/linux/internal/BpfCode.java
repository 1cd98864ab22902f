package dev.stasis.linux.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Instructions of a BPF program, as they are written down one after the other. Registers are 0 to 10. Pure.
 *
 * @see <a href="https://docs.kernel.org/bpf/standardization/instruction-set.html">BPF instruction set</a>
 */
public final class BpfCode {
    /** The register of what a call returned, and of what the program returns. */
    public static final int RESULT = 0;
    /** The register of the end of the program's stack. */
    public static final int STACK = 10;

    private static final int SIZE = 8;
    private static final int PSEUDO_MAP = 1;
    private static final int ROOM = 2048;

    private final ByteBuffer code = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private final List<BpfTypes.Field> fields = new ArrayList<>();
    private final List<Integer> fieldPlaces = new ArrayList<>();

    private void put(int operation, int to, int from, int offset, int constant) {
        code.put((byte) operation).put((byte) (to | from << 4)).putShort((short) offset).putInt(constant);
    }

    /** Sets {@code to} to what is in {@code from}. */
    public void move(int to, int from) {
        put(0xbf, to, from, 0, 0);
    }

    /** Sets {@code to} to {@code constant}. */
    public void set(int to, int constant) {
        put(0xb7, to, 0, 0, constant);
    }

    /** Sets {@code to} to where {@code field} stands in its structure. */
    public void set(int to, BpfTypes.Field field) {
        fields.add(field);
        fieldPlaces.add(code.position());
        set(to, field.offset());
    }

    /** Sets {@code to} to the map behind descriptor {@code number}. */
    public void setMap(int to, int number) {
        put(0x18, to, PSEUDO_MAP, 0, number);
        put(0, 0, 0, 0, 0);
    }

    /** Sets {@code to}, one that calls leave alone, to where the one value of map {@code number} is; ends the program if there is none. */
    public void pointAtValue(int to, int number) {
        clear(STACK, -4);
        setMap(1, number);
        move(2, STACK);
        addConstant(2, -4);
        call(BpfProgram.LOOKUP_ELEMENT);
        int found = jumpIfNotZero(RESULT);
        exit();
        land(found);
        move(to, RESULT);
    }

    /** Adds {@code from} to {@code to}. */
    public void add(int to, int from) {
        put(0x0f, to, from, 0, 0);
    }

    /** Adds {@code constant} to {@code to}. */
    public void addConstant(int to, int constant) {
        put(0x07, to, 0, 0, constant);
    }

    /** Sets in {@code to} the bits that {@code from} has, too. */
    public void or(int to, int from) {
        put(0x4f, to, from, 0, 0);
    }

    /** Takes {@code from} away from {@code to}. */
    public void subtract(int to, int from) {
        put(0x1f, to, from, 0, 0);
    }

    /** Multiplies {@code to} by {@code constant}. */
    public void multiply(int to, int constant) {
        put(0x27, to, 0, 0, constant);
    }

    /** Loads 8 bytes. */
    public void load(int to, int base, int offset) {
        put(0x79, to, base, offset, 0);
    }

    /** Stores 8 bytes. */
    public void store(int base, int offset, int from) {
        put(0x7b, base, from, offset, 0);
    }

    /** Stores 4 zeroed bytes. */
    public void clear(int base, int offset) {
        put(0x62, base, 0, offset, 0);
    }

    /** Calls a function of the kernel; its arguments are in registers 1 to 5. */
    public void call(int helper) {
        put(0x85, 0, 0, 0, helper);
    }

    /** Ends the program. */
    public void exit() {
        put(0x95, 0, 0, 0, 0);
    }

    /** Jumps to where {@link #land} says; returns what that is told. */
    public int jump() {
        put(0x05, 0, 0, 0, 0);
        return code.position() - SIZE;
    }

    /** Jumps if both registers are equal; returns what {@link #land} is told. */
    public int jumpIfEqual(int one, int other) {
        put(0x1d, one, other, 0, 0);
        return code.position() - SIZE;
    }

    /** Jumps if {@code register} is 0; returns what {@link #land} is told. */
    public int jumpIfZero(int register) {
        put(0x15, register, 0, 0, 0);
        return code.position() - SIZE;
    }

    /** Jumps if {@code register} is not 0; returns what {@link #land} is told. */
    public int jumpIfNotZero(int register) {
        put(0x55, register, 0, 0, 0);
        return code.position() - SIZE;
    }

    /** Jumps if {@code register} is {@code constant} or more; returns what {@link #land} is told. */
    public int jumpIfAtLeast(int register, int constant) {
        put(0x35, register, 0, 0, constant);
        return code.position() - SIZE;
    }

    /** {@code jump} leads here. */
    public void land(int jump) {
        code.putShort(jump + 2, (short) ((code.position() - jump) / SIZE - 1));
    }

    /** Where the next instruction will stand. */
    public int here() {
        return code.position();
    }

    /** Jumps back to {@code place}. */
    public void jumpBack(int place) {
        int jump = jump();
        code.putShort(jump + 2, (short) ((place - jump) / SIZE - 1));
    }

    /** How many instructions there are. */
    public int count() {
        return code.position() / SIZE;
    }

    /** The instructions, as the kernel reads them. */
    public byte[] encode() {
        byte[] bytes = new byte[code.position()];
        code.get(0, bytes);
        return bytes;
    }

    /** Where the kernel must fill in the place of a field: {@code bpf_core_relo}, one for each. */
    public byte[] encodeRelocations(BpfTypes types) {
        ByteBuffer relocations = ByteBuffer.allocate(fields.size() * 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < fields.size(); i++) {
            BpfTypes.Field field = fields.get(i);
            relocations.putInt(fieldPlaces.get(i)).putInt(field.type()).putInt(types.name(field.access())).putInt(0);
        }
        return relocations.array();
    }
}
