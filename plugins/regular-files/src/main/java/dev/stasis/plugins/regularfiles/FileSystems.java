package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows pseudo file systems, whose inodes are made up by the kernel as they are asked for. Asks once for each device and
 * context, since devices may be numbered anew between two dumps.
 */
final class FileSystems {
    private final Map<DeviceNumber, Integer> pseudo = new HashMap<>();
    private ClaimContext asked;

    /** The magic number of the pseudo file system that {@code file} is on; 0 when it is on an ordinary one. */
    int pseudo(OpenFile file, ClaimContext context) {
        if (asked != context) {
            pseudo.clear();
            asked = context;
        }
        DeviceNumber device = file.status().inode().device();
        Integer known = pseudo.get(device);
        if (known == null) {
            int magic = device.major() == 0 ? FileSystemCalls.magic(context.descriptor(file)) : 0;
            known = isPseudo(magic) ? magic : 0;
            pseudo.put(device, known);
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
