package dev.stasis.linux.notify;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Structures of the kernel's own, as far as a BPF program looks into them, in the kernel's form for describing types (BTF).
 * Where fields stand in these is of no importance: when the program is loaded the kernel looks for its own structures and
 * fields of the same names, and puts where those stand into the program. Pure.
 *
 * @see <a href="https://docs.kernel.org/bpf/btf.html">BPF Type Format</a>
 */
final class KernelStructures {
    /** The function that all instructions of the program belong to. */
    static final int FUNCTION = 14;

    static final Field TASK_FILES = new Field(4, "0:0", 0);
    static final Field FILES_TABLE = new Field(5, "0:0", 0);
    static final Field TABLE_DESCRIPTORS = new Field(6, "0:0", 0);
    static final Field FILE_PRIVATE = new Field(7, "0:0", 0);
    static final Field GROUP_QUEUE = new Field(10, "0:0", 0);
    static final Field GROUP_NEXT_WATCH = new Field(10, "0:1:0:0", 16);
    static final Field EVENT_LINK = new Field(12, "0:0:0", 0);
    static final Field EVENT_MASK = new Field(12, "0:1", 16);
    static final Field EVENT_WATCH = new Field(12, "0:2", 20);
    static final Field EVENT_COOKIE = new Field(12, "0:3", 24);
    static final Field EVENT_NAME_LENGTH = new Field(12, "0:4", 28);
    /** The array of characters, which has no length of its own, begins where the length ends. */
    static final int NAME_BEHIND_LENGTH = 4;

    private static final int INT = 1;
    private static final int POINTER = 2;
    private static final int STRUCT = 4;
    private static final int FUNC = 12;
    private static final int FUNC_PROTO = 13;
    private static final int UNSIGNED_INT_TYPE = 1;
    private static final int POINTER_TYPE = 2;
    private static final int HEADER = 24;
    private static final int ROOM = 1024;

    private final ByteBuffer types = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();

    /**
     * A field.
     *
     * @param type number of the structure it is found from
     * @param access the way from there: 0, then the place of a field in its structure, for each level
     * @param offset where it stands in the structure as it is described here
     */
    record Field(int type, String access, int offset) {}

    KernelStructures() {
        names.write(0);
        types.putInt(name("unsigned int")).putInt(INT << 24).putInt(4).putInt(32);
        types.putInt(0).putInt(POINTER << 24).putInt(0);
        struct("list_head", 16, "next", POINTER_TYPE, 0, "prev", POINTER_TYPE, 8);
        struct("task_struct", 8, "files", POINTER_TYPE, 0);
        struct("files_struct", 8, "fdt", POINTER_TYPE, 0);
        struct("fdtable", 8, "fd", POINTER_TYPE, 0);
        struct("file", 8, "private_data", POINTER_TYPE, 0);
        struct("idr", 4, "idr_next", UNSIGNED_INT_TYPE, 0);
        struct("inotify_group_private_data", 4, "idr", 8, 0);
        struct("fsnotify_group", 20, "notification_list", 3, 0, "inotify_data", 9, 16);
        struct("fsnotify_event", 16, "list", 3, 0);
        struct("inotify_event_info", 32, "fse", 11, 0, "mask", UNSIGNED_INT_TYPE, 16, "wd", UNSIGNED_INT_TYPE, 20,
                "sync_cookie", UNSIGNED_INT_TYPE, 24, "name_len", UNSIGNED_INT_TYPE, 28);
        types.putInt(0).putInt(FUNC_PROTO << 24 | 1).putInt(UNSIGNED_INT_TYPE).putInt(name("arguments")).putInt(POINTER_TYPE);
        types.putInt(name("look")).putInt(FUNC << 24 | 1).putInt(FUNCTION - 1);
    }

    private void struct(String name, int size, Object... fields) {
        types.putInt(name(name)).putInt(STRUCT << 24 | fields.length / 3).putInt(size);
        for (int i = 0; i < fields.length; i += 3) {
            types.putInt(name((String) fields[i])).putInt((Integer) fields[i + 1]).putInt((Integer) fields[i + 2] * 8);
        }
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
