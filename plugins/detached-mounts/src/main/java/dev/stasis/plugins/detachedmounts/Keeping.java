package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** Whether what is reached of a mount that cannot be found again goes into the image instead. */
final class Keeping {
    static final String OPTION = "detached-contents";

    private static final String IMAGE = "image";
    private static final String REFUSE = "refuse";
    private static final int TMPFS = 0x01021994;
    private static final int RAMFS = 0x858458f6;

    private Keeping() {}

    /**
     * What to do about {@code lost}: only what lives in memory is gone with the program, so only that may be taken along; of a
     * file system on a disk there would be two then.
     */
    static FoundMount instead(FoundMount.Lost lost, OpenFile file, ClaimContext context) {
        String value = context.options().value(OPTION).orElse(REFUSE);
        if (!value.equals(IMAGE) && !value.equals(REFUSE)) {
            return new FoundMount.Lost("--" + OPTION + " is " + value, "give " + IMAGE + " or " + REFUSE);
        }
        int magic = FileSystemCalls.magic(context.descriptor(file));
        boolean inMemory = magic == TMPFS || magic == RAMFS;
        if (inMemory && value.equals(IMAGE)) {
            return isOpenElsewhere(file, context) ? new FoundMount.Lost("its file system is mounted nowhere, and is open through"
                    + " several detached mounts, which would become several file systems", "mount it somewhere") : new FoundMount.Kept();
        }
        return inMemory ? new FoundMount.Lost(lost.reason(),
                lost.help() + ", or give --" + OPTION + "=" + IMAGE + " to take along what is reached of it") : lost;
    }

    /** Whether the tree reaches the file system of {@code file} through another mount too. */
    private static boolean isOpenElsewhere(OpenFile file, ClaimContext context) {
        for (int i = 0; i < context.files().size(); i++) {
            FileStatus other = context.files().get(i).status();
            if (other.inode().device().equals(file.status().inode().device()) && other.mountId() != file.status().mountId()) {
                return true;
            }
        }
        return false;
    }
}
