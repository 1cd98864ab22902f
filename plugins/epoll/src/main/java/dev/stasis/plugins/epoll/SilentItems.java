package dev.stasis.plugins.epoll;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.OpenFile;

/**
 * Items that have told their one event (EPOLLONESHOT) and are silent until they are armed again. The kernel makes an item silent only
 * by letting it tell something: so at the restore it is added for any event, and what it tells is thrown away. That takes a file that
 * is ready for something: to be read or written, or at its end. A pipe that is empty gets a byte for the moment, and a timer expires
 * before it is set as it was. What cannot be made ready is refused.
 */
final class SilentItems {
    static final String HELP = "dump again in a moment, when the program has armed it again (EPOLL_CTL_MOD)";

    private static final UnixPath SIGNALFD = UnixPath.of("anon_inode:[signalfd]");

    private SilentItems() {}

    /** What is wrong with keeping those of {@code instance}; empty when nothing is. */
    static String reason(DumpedInstance instance, ClaimContext context) {
        ItemNames lost = new ItemNames();
        for (int i = 0; i < instance.items().size(); i++) {
            if (instance.items().get(i).isDisarmed() && !canTell(instance.target(i), context)) {
                lost.add(instance.items().get(i) + " on " + instance.target(i).link());
            }
        }
        return lost.isEmpty() ? "" : "an item that has told its event (EPOLLONESHOT) can be made again only on a file that is ready for"
                + " something, which is not so of the " + lost;
    }

    private static boolean canTell(OpenFile target, ClaimContext context) {
        if (EpollKind.isOne(target) || isSignals(target.link())) {
            return false; // what they are ready for depends on more than themselves
        }
        return Nudge.isTimer(target.link()) || EpollCalls.isReady(context.descriptor(target), 0)
                || isReader(target) && isAnyWriter(target, context);
    }

    /** Whether it is a signalfd: one that is polled looks at the signals of who polls. */
    static boolean isSignals(UnixPath link) {
        return link.equals(SIGNALFD);
    }

    private static boolean isReader(OpenFile file) {
        return file.status().type() == FileType.FIFO && file.flags().accessMode().reads();
    }

    private static boolean isAnyWriter(OpenFile reader, ClaimContext context) {
        for (int i = 0; i < context.files().size(); i++) {
            OpenFile file = context.files().get(i);
            if (file.flags().accessMode().writes() && file.hasDescriptor()
                    && isOneInode(FileIdentity.of(file.status()), FileIdentity.of(reader.status()))) {
                return true;
            }
        }
        return false;
    }

    static boolean isOneInode(FileIdentity one, FileIdentity other) {
        return one.inode().equals(other.inode());
    }
}
