package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Adds watches under the numbers they had. */
final class Watches {
    private Watches() {}

    /** Adds {@code watch} on {@code target}; {@code next} is the number that it would get by itself, -1 if not known. */
    static void add(Fd instance, Watch watch, Fd target, int next) {
        prepare(instance, watch, next);
        try {
            check(watch, InotifyCalls.watch(instance, target, watch.mark().mask()));
        } catch (KernelException e) {
            throw explained(e, watch);
        }
    }

    /** Like the other, by way of {@code path}. */
    static void add(Fd instance, Watch watch, UnixPath path, int next) {
        prepare(instance, watch, next);
        try {
            check(watch, InotifyCalls.watch(instance, path, watch.mark().mask()));
        } catch (KernelException e) {
            throw explained(e, watch);
        }
    }

    private static void prepare(Fd instance, Watch watch, int next) {
        if (watch.mark().watch().number() != next) {
            InotifyCalls.next(instance, watch.mark().watch());
        }
    }

    /** Throws when {@code watch} is not the number that the kernel gave it. */
    static void check(Watch watch, WatchDescriptor got) {
        if (!got.equals(watch.mark().watch())) {
            throw new StasisException(new Problem(InotifyErrorCode.WATCH_MISNUMBERED, watch.subject(),
                    "the kernel gave it the number " + got.number(), ""));
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
