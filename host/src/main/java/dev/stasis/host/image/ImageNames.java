package dev.stasis.host.image;

import dev.stasis.linux.Pid;

/** The names of files in an image directory. */
final class ImageNames {
    static final String INVENTORY = "inventory.img";
    static final String TREE = "pstree.img";
    static final String FILES = "files.img";
    static final String SECCOMP = "seccomp.img";
    static final String MANIFEST = "stasis-manifest.img";
    /** The manifest until the image is complete: where only this one stands, a dump did not come to its end. */
    static final String UNSEALED = "stasis-manifest.tmp";
    static final String DUMP_STATS = "stats-dump";
    static final String RESTORE_STATS = "stats-restore";
    static final String SHARED_PAGEMAP = "pagemap-shmem-";

    static final String SEGMENT = "ipcns-shm-";

    private static final String SUFFIX = ".img";
    private static final int LONGEST = 255;

    private ImageNames() {}

    static String segment(int id) {
        return SEGMENT + id + SUFFIX;
    }

    static String core(Pid thread) {
        return "core-" + thread + SUFFIX;
    }

    static String memory(Pid task) {
        return "mm-" + task + SUFFIX;
    }

    static String pagemap(Pid task) {
        return "pagemap-" + task + SUFFIX;
    }

    static String sharedPagemap(long id) {
        return SHARED_PAGEMAP + Long.toUnsignedString(id) + SUFFIX;
    }

    static String pages(int number) {
        return "pages-" + number + SUFFIX;
    }

    static String descriptors(int number) {
        return "fdinfo-" + number + SUFFIX;
    }

    static String fileSystem(Pid task) {
        return "fs-" + task + SUFFIX;
    }

    static String ids(Pid task) {
        return "ids-" + task + SUFFIX;
    }

    /** Which shared memory object the pagemap {@code name} is about; throws {@link MalformedImage} when it says none. */
    static long sharedObject(String name) {
        try {
            return Long.parseUnsignedLong(name.substring(SHARED_PAGEMAP.length(), name.length() - SUFFIX.length()));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new MalformedImage("it lists a file named " + name);
        }
    }

    /** Whether {@code name} can only lead to a file in the directory itself: letters, digits, dot, dash and underscore. */
    static boolean isPlain(String name) {
        if (name.isEmpty() || name.length() > LONGEST || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!word && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }
}
