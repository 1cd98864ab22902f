package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows pseudo file systems, whose inodes are made up by the kernel as they are asked for, and overlayfs. Asks once for each device and
 * context, since devices may be numbered anew between two dumps.
 */
final class FileSystems {
    private static final int OVERLAYFS = 0x794c7630;

    private final Map<DeviceNumber, Integer> magics = new HashMap<>();
    private ClaimContext asked;

    /** The magic number of the pseudo file system that {@code file} is on; 0 when it is on an ordinary one. */
    int pseudo(OpenFile file, ClaimContext context) {
        int magic = magic(file, context);
        return isPseudo(magic) ? magic : 0;
    }

    /**
     * Whether a file keeps its time of birth for good. On overlayfs one gets another when it is copied up because somebody writes to
     * it, and a directory when something is made in it.
     */
    boolean keepsBirth(OpenFile file, ClaimContext context) {
        return magic(file, context) != OVERLAYFS;
    }

    /** The magic number of what {@code file} is on, 0 for what has a block device of its own. */
    private int magic(OpenFile file, ClaimContext context) {
        if (asked != context) {
            magics.clear();
            asked = context;
        }
        DeviceNumber device = file.status().inode().device();
        Integer known = magics.get(device);
        if (known == null) {
            known = device.major() == 0 ? FileSystemCalls.magic(context.descriptor(file)) : 0;
            magics.put(device, known);
        }
        return known;
    }

    private static boolean isPseudo(int magic) {
        return switch (magic) {
            case 0x9fa0, // proc
                    0x62656572, // sysfs
                    0x27e0eb, // cgroup
                    0x63677270, // cgroup2
                    0x64626720, // debugfs
                    0x74726163, // tracefs
                    0x73636673, // securityfs
                    0x62656570, // configfs
                    0xcafe4a11, // bpf
                    0x42494e4d, // binfmt_misc
                    0xf97cff8c -> true; // selinux
            default -> false;
        };
    }
}
