package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Adds watches under the numbers they had. */
final class Watches {
    private Watches() {}

    /** Adds {@code watch} on {@code target}; {@code next} is the number that it would get by itself, -1 if not known. */
    static void add(Fd instance, Watch watch, Fd target, int next) {
        if (watch.mark().watch().number() != next) {
            InotifyCalls.next(instance, watch.mark().watch());
        }
        try {
            WatchDescriptor got = InotifyCalls.watch(instance, target, watch.mark().mask());
            if (!got.equals(watch.mark().watch())) {
                throw new StasisException(new Problem(InotifyErrorCode.WATCH_MISNUMBERED, watch.subject(),
                        "the kernel gave it the number " + got.number(), ""));
            }
        } catch (KernelException e) {
            throw explained(e, watch);
        }
    }

    private static RuntimeException explained(KernelException e, Watch watch) {
        if (!e.is(Errno.ENOSPC)) {
            return e;
        }
        return new StasisException(new Problem(InotifyErrorCode.WATCHES_EXHAUSTED, watch.subject(),
                "the user has as many inotify watches as are allowed (ENOSPC)", "raise sysctl fs.inotify.max_user_watches"), e);
    }
}
