package dev.stasis.linux.notify;

import dev.stasis.linux.internal.BpfTypes;

/** Structures of the kernel's own, as far as {@link QueueProgram} looks into them. Pure. */
final class KernelStructures {
    static final BpfTypes.Field LIST_NEXT = new BpfTypes.Field(3, "0:0", 0);
    static final BpfTypes.Field LIST_PREVIOUS = new BpfTypes.Field(3, "0:1", 8);
    static final BpfTypes.Field TASK_FILES = new BpfTypes.Field(4, "0:0", 0);
    static final BpfTypes.Field FILES_TABLE = new BpfTypes.Field(5, "0:0", 0);
    static final BpfTypes.Field TABLE_DESCRIPTORS = new BpfTypes.Field(6, "0:0", 0);
    static final BpfTypes.Field FILE_PRIVATE = new BpfTypes.Field(7, "0:0", 0);
    static final BpfTypes.Field GROUP_QUEUE = new BpfTypes.Field(10, "0:0", 0);
    static final BpfTypes.Field GROUP_NEXT_WATCH = new BpfTypes.Field(10, "0:1:0:0", 16);
    static final BpfTypes.Field GROUP_LIMIT = new BpfTypes.Field(10, "0:2", 20);
    static final BpfTypes.Field EVENT_LINK = new BpfTypes.Field(12, "0:0:0", 0);
    static final BpfTypes.Field EVENT_MASK = new BpfTypes.Field(12, "0:1", 16);
    static final BpfTypes.Field EVENT_WATCH = new BpfTypes.Field(12, "0:2", 20);
    static final BpfTypes.Field EVENT_COOKIE = new BpfTypes.Field(12, "0:3", 24);
    static final BpfTypes.Field EVENT_NAME_LENGTH = new BpfTypes.Field(12, "0:4", 28);
    /** The array of characters, which has no length of its own, begins where the length ends. */
    static final int NAME_BEHIND_LENGTH = 4;

    private final BpfTypes types = new BpfTypes();

    KernelStructures() {
        types.struct("list_head", 16, "next", BpfTypes.POINTER, 0, "prev", BpfTypes.POINTER, 8);
        types.struct("task_struct", 8, "files", BpfTypes.POINTER, 0);
        types.struct("files_struct", 8, "fdt", BpfTypes.POINTER, 0);
        types.struct("fdtable", 8, "fd", BpfTypes.POINTER, 0);
        types.struct("file", 8, "private_data", BpfTypes.POINTER, 0);
        types.struct("idr", 4, "idr_next", BpfTypes.UNSIGNED_INT, 0);
        types.struct("inotify_group_private_data", 4, "idr", 8, 0);
        types.struct("fsnotify_group", 24, "notification_list", 3, 0, "inotify_data", 9, 16,
                "max_events", BpfTypes.UNSIGNED_INT, 20);
        types.struct("fsnotify_event", 16, "list", 3, 0);
        types.struct("inotify_event_info", 32, "fse", 11, 0, "mask", BpfTypes.UNSIGNED_INT, 16, "wd", BpfTypes.UNSIGNED_INT, 20,
                "sync_cookie", BpfTypes.UNSIGNED_INT, 24, "name_len", BpfTypes.UNSIGNED_INT, 28);
    }

    /** All of them. */
    BpfTypes types() {
        return types;
    }
}
