package dev.stasis.host.image;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.DescriptorRoom;
import java.util.List;

/** The files that an image will have, as far as its tasks and threads tell. */
final class ExpectedFiles {
    private static final int OF_TASK = 6;
    private static final int MAX = 6_000;
    private static final int OTHER_DESCRIPTORS = 512;

    private ExpectedFiles() {}

    /** Creates them in {@code target}; none when there are so many that it were too many descriptors. */
    static void create(TargetDirectory target, List<Pid> tasks, List<Pid> threads) {
        int files = threads.size() + OF_TASK * tasks.size();
        if (files > MAX || !hasRoom(files)) {
            return;
        }
        target.expect(ImageNames.INVENTORY);
        target.expect(ImageNames.TREE);
        target.expect(ImageNames.FILES);
        for (Pid thread : threads) {
            target.expect(ImageNames.core(thread));
        }
        for (int i = 0; i < tasks.size(); i++) {
            target.expect(ImageNames.ids(tasks.get(i)));
            target.expect(ImageNames.memory(tasks.get(i)));
            target.expect(ImageNames.fileSystem(tasks.get(i)));
            target.expect(ImageNames.pagemap(tasks.get(i)));
            target.expect(ImageNames.pages(i + 1));
            target.expect(ImageNames.descriptors(i + 1));
        }
    }

    private static boolean hasRoom(int files) {
        try {
            if (files > OTHER_DESCRIPTORS / 2) {
                DescriptorRoom.reserve(files + OTHER_DESCRIPTORS);
            }
            return true;
        } catch (KernelException e) {
            return false; // they are created when they are written
        }
    }
}
