package dev.stasis.linux.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Types of the kernel's own, as far as a BPF program looks into them, in the kernel's form for describing types (BTF). Where
 * fields stand in these is of no importance: when the program is loaded the kernel looks for its own structures and fields of the
 * same names, and puts where those stand into the program. Each type has a number, from 1 on in the order of the calls. Pure.
 *
 * @see <a href="https://docs.kernel.org/bpf/btf.html">BPF Type Format</a>
 */
public final class BpfTypes {
    /** The first two types, which are there from the start. */
    public static final int UNSIGNED_INT = 1;
    /** Of anything. */
    public static final int POINTER = 2;

    private static final int KIND_INT = 1;
    private static final int KIND_POINTER = 2;
    private static final int KIND_ARRAY = 3;
    private static final int KIND_STRUCT = 4;
    private static final int KIND_ENUM = 6;
    private static final int KIND_FUNCTION = 12;
    private static final int KIND_FUNCTION_PROTOTYPE = 13;
    private static final int HEADER = 24;
    private static final int ROOM = 1024;

    private final ByteBuffer types = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private int count;

    /**
     * A field.
     *
     * @param type number of the structure it is found from
     * @param access the way from there: 0, then the place of a field in its structure, for each level
     * @param offset where it stands in the structure as it is described here
     */
    public record Field(int type, String access, int offset) {}

    /** With an unsigned int and a pointer. */
    public BpfTypes() {
        names.write(0);
        types.putInt(name("unsigned int")).putInt(KIND_INT << 24).putInt(4).putInt(32);
        types.putInt(0).putInt(KIND_POINTER << 24).putInt(0);
        count = 2;
    }

    /** A structure of {@code size} bytes; {@code fields} are, for each, its name, its type and its offset. */
    public int struct(String name, int size, Object... fields) {
        types.putInt(name(name)).putInt(KIND_STRUCT << 24 | fields.length / 3).putInt(size);
        for (int i = 0; i < fields.length; i += 3) {
            types.putInt(name((String) fields[i])).putInt((Integer) fields[i + 1]).putInt((Integer) fields[i + 2] * 8);
        }
        return ++count;
    }

    /** An array of {@code length} of {@code element}; it stands for one of any length. */
    public int array(int element, int length) {
        types.putInt(0).putInt(KIND_ARRAY << 24).putInt(0).putInt(element).putInt(UNSIGNED_INT).putInt(length);
        return ++count;
    }

    /** An enumeration without a name, which stands for any. */
    public int anyEnumeration() {
        types.putInt(0).putInt(KIND_ENUM << 24 | 1).putInt(4).putInt(name("any")).putInt(0);
        return ++count;
    }

    /** The function that all instructions of a program belong to; the last type. */
    public int function() {
        types.putInt(0).putInt(KIND_FUNCTION_PROTOTYPE << 24 | 1).putInt(UNSIGNED_INT).putInt(name("arguments")).putInt(POINTER);
        types.putInt(name("look")).putInt(KIND_FUNCTION << 24 | 1).putInt(++count);
        return ++count;
    }

    /** Notes {@code text} among the names; returns where it stands there. */
    int name(String text) {
        int at = names.size();
        names.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        names.write(0);
        return at;
    }

    /** All of it, with the names that were noted so far. */
    byte[] encode() {
        ByteBuffer all = ByteBuffer.allocate(HEADER + types.position() + names.size()).order(ByteOrder.LITTLE_ENDIAN);
        all.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(HEADER);
        all.putInt(0).putInt(types.position()).putInt(types.position()).putInt(names.size());
        all.put(types.array(), 0, types.position()).put(names.toByteArray());
        return all.array();
    }
}
