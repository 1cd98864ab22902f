package dev.stasis.plugins.eventfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.plugins.eventfds.proto.eventfd_file_entry;
import dev.stasis.plugins.eventfds.proto.fown_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/** Eventfds: a counter, and whether a read takes one or all of it. */
final class EventfdKind implements FdKind {
    /** CRIU's EVENTFD and its field in a file entry. */
    private static final ImageType EVENTFD = new ImageType(6, 8);
    private static final UnixPath LINK = UnixPath.of("anon_inode:[eventfd]");

    @Override
    public String name() {
        return "eventfd";
    }

    @Override
    public ImageType imageType() {
        return EVENTFD;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.link().equals(LINK) && file.flags().accessMode() != AccessMode.PATH;
        return mine ? Claim.take(Claim.Fit.TYPE) : Claim.none();
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(EventfdsErrorCode.EVENTFD_SHARED_OUTSIDE, file, outside, context,
                "they would not hear of each other any more");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        Counter counter = counter(file, context);
        eventfd_file_entry.Builder entry = eventfd_file_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setFown(owner(file.owner()))
                .setCounter(counter.value());
        return (counter.semaphore() ? entry.setSemaphore(true) : entry).build().toByteArray();
    }

    /** Reading the file itself would take what is in it. */
    private static Counter counter(OpenFile file, DumpContext context) {
        Optional<Counter> counter = Counter.parse(InfoFile.lines(file, context));
        if (counter.isEmpty()) {
            throw new StasisException(new Problem(EventfdsErrorCode.COUNTER_NOT_SHOWN, file.toString(),
                    "its fdinfo file does not show the counter", ""));
        }
        return counter.get();
    }

    private static fown_entry owner(FileOwner owner) {
        return fown_entry.newBuilder()
                .setUid(owner.uid())
                .setEuid(owner.effectiveUid())
                .setSignum(owner.signal())
                .setPidType(owner.type())
                .setPid(owner.id())
                .build();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        counter(record);
        return List.of();
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return RestoredEventfd.make(counter(record), record.flags());
    }

    @Override
    public String describe(FileRecord record) {
        return "eventfd: " + counter(record);
    }

    private static Counter counter(FileRecord record) {
        try {
            eventfd_file_entry entry = eventfd_file_entry.parseFrom(record.payload());
            return new Counter(entry.getCounter(), entry.getSemaphore());
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(EventfdsErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
