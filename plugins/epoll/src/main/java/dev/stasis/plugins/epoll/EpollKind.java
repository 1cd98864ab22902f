package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import java.util.List;
import java.util.Set;

/**
 * Epoll instances. They get their items last of all: what becomes ready from then on tells the item, what was ready before the item
 * finds when it is added. So nothing that a program was still to hear of, edge or level, is lost.
 */
final class EpollKind implements FdKind {
    static final String NAME = "epoll";
    static final UnixPath LINK = UnixPath.of("anon_inode:[eventpoll]");

    /** CRIU's EVENTPOLL and its field in a file entry. */
    private static final ImageType EVENTPOLL = new ImageType(7, 9);


    private final DumpedInstances dumped = new DumpedInstances();
    private final RestoredInstances restored = new RestoredInstances();

    static boolean isOne(OpenFile file) {
        return file.link().equals(LINK) && file.hasDescriptor() && file.flags().accessMode() != AccessMode.PATH;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ImageType imageType() {
        return EVENTPOLL;
    }

    @Override
    public DumpStage dumpStage() {
        return DumpStage.LATE;
    }

    /** The others that are late. */
    @Override
    public Set<String> after() {
        return Set.of("inotify", "fanotify");
    }

    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        return link.equals(LINK) && ItemList.isLong(descriptor);
    }

    @Override
    public void lookAhead(List<OpenFile> files, FirstLookContext context) {
        if (!files.isEmpty()) {
            Rehearsal.run();
        }
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return isOne(file) ? dumped.claim(file, context) : Claim.none();
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(EpollErrorCode.INSTANCE_SHARED_OUTSIDE, file, outside, context,
                "the items that one of them adds would be none of the other's");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.keep(file, context);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return restored.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.make(record, context);
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        restored.fill(record, file, context);
    }

    @Override
    public String describe(FileRecord record) {
        int items = InstanceEntry.of(record).items().size();
        return "epoll: " + items + (items == 1 ? " item" : " items");
    }
}
