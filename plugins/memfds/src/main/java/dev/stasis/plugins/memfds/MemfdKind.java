package dev.stasis.plugins.memfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.memfds.proto.fown_entry;
import dev.stasis.plugins.memfds.proto.memfd_file_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import dev.stasis.spi.StasisException;
import java.util.List;

/**
 * Memfds, opened any number of times or only mapped. What was opened several times is one memfd afterwards too: each open
 * file is opened anew from it, with its own flags and position.
 */
final class MemfdKind implements FdKind {
    /** CRIU's MEMFD and its field in a file entry. */
    private static final ImageType MEMFD = new ImageType(18, 20);

    private static final int HUGETLBFS = 0x958458f6;
    private static final String PREFIX = "/memfd:";
    private static final String SUFFIX = " (deleted)";

    private final DumpedMemfds dumped = new DumpedMemfds();
    private final RestoredMemfds restored = new RestoredMemfds();
    private DeviceNumber device;

    @Override
    public String name() {
        return "memfd";
    }

    @Override
    public ImageType imageType() {
        return MEMFD;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean looksLikeOne = file.status().type() == FileType.REGULAR && file.status().links() == 0
                && file.link().startsWith(PREFIX) && file.link().endsWith(SUFFIX);
        if (!looksLikeOne) {
            return Claim.none();
        }
        if (file.status().inode().device().equals(device())) {
            return Claim.take(Claim.Fit.SPECIAL);
        }
        boolean huge = FileSystemCalls.magic(context.descriptor(file)) == HUGETLBFS;
        return huge ? Claim.refuse(Claim.Fit.SPECIAL, "memfds of huge pages (MFD_HUGETLB) are not kept yet", "") : Claim.none();
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(MemfdsErrorCode.MEMFD_SHARED_OUTSIDE, file, outside, context,
                "they would not have the same memory any more");
    }

    /** All memfds live on one mount of the kernel's own, whose device any of them tells. */
    private DeviceNumber device() {
        if (device == null) {
            try (Fd any = FileCalls.memfd("probe")) {
                device = FileCalls.status(any).inode().device();
            }
        }
        return device;
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        UnixPath name = file.link().dropFirst(PREFIX.length()).dropLast(SUFFIX.length());
        return memfd_file_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setPos(file.position().orElse(0))
                .setFown(owner(file.owner()))
                .setInodeId(dumped.idOf(file, name, context))
                .build()
                .toByteArray();
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
    public Fd restore(FileRecord record, RestoreContext context) {
        OpenFlags flags = record.flags().without(OpenFlags.CREAT.with(OpenFlags.EXCL).with(OpenFlags.TRUNC));
        Fd file = restored.open(inodeId(record), flags, isOnlyMapped(record), context);
        if (record.position().isPresent() && record.position().getAsLong() != 0) {
            FileCalls.position(file, record.position().getAsLong());
        }
        return file;
    }

    private static boolean isOnlyMapped(FileRecord record) {
        for (Holder holder : record.holders()) {
            if (!(holder instanceof Holder.Mapping)) {
                return false;
            }
        }
        return true;
    }

    /** Seals last: they may forbid the writable mappings that are made meanwhile. */
    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        restored.seal(inodeId(record), context);
    }

    private static int inodeId(FileRecord record) {
        try {
            return memfd_file_entry.parseFrom(record.payload()).getInodeId();
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(MemfdsErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
