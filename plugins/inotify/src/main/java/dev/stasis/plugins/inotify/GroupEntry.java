package dev.stasis.plugins.inotify;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.FanotifyMark.Type;
import dev.stasis.plugins.inotify.proto.fanotify_file_entry;
import dev.stasis.plugins.inotify.proto.fanotify_inode_mark_entry;
import dev.stasis.plugins.inotify.proto.fanotify_mark_entry;
import dev.stasis.plugins.inotify.proto.fanotify_mount_mark_entry;
import dev.stasis.plugins.inotify.proto.mark_type;
import dev.stasis.plugins.inotify.proto.mount_place;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * A fanotify group as an image tells of it.
 *
 * @param flags that it was made with
 * @param eventFlags of its events' descriptors
 * @param marks oldest first
 * @param lost whether events waited, which cannot be kept
 * @param seen when it was looked at last, by the clock that files' times are taken from
 */
record GroupEntry(int flags, int eventFlags, List<Mark> marks, boolean lost, Timestamp seen) {
    private static final int UNLIMITED_QUEUE = 0x10;

    /** Whether its queue takes any number of events, and so never tells of an overflow. */
    boolean isUnlimited() {
        return (flags & UNLIMITED_QUEUE) != 0;
    }

    /** The bytes of a {@code fanotify_file_entry}. */
    byte[] encode(OpenFile file) {
        fanotify_file_entry.Builder entry = fanotify_file_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setFown(InstanceEntry.owner(file.owner()))
                .setFaflags(flags)
                .setEvflags(eventFlags)
                .setLost(lost)
                .setSeconds(seen.seconds())
                .setNanoseconds(seen.nanoseconds());
        for (int i = 0; i < marks.size(); i++) {
            fanotify_mark_entry mark = encode(file.id().number(), marks.get(i));
            if (marks.get(i).mark().type() == Type.FILE_SYSTEM) {
                entry.addFileSystemMark(mark);
            } else {
                entry.addMark(mark);
            }
        }
        return entry.build().toByteArray();
    }

    private static fanotify_mark_entry encode(int id, Mark one) {
        FanotifyMark mark = one.mark();
        fanotify_mark_entry.Builder entry = fanotify_mark_entry.newBuilder()
                .setId(id)
                .setType(one.isOfInode() ? mark_type.INODE : mark_type.MOUNT)
                .setMflags(mark.flags())
                .setMask(mark.mask())
                .setIgnoredMask(mark.ignored())
                .setSDev(mark.device() == null ? 0 : mark.device().kernelEncoding());
        if (one.isOfInode()) {
            return entry.setIe(fanotify_inode_mark_entry.newBuilder().setIIno(mark.inode())
                    .setFHandle(InstanceEntry.encode(mark.handle(), one.target().path())))
                    .setTarget(InstanceEntry.encode(one.target())).build();
        }
        return entry.setMe(fanotify_mount_mark_entry.newBuilder().setMntId((int) mark.mountId()))
                .setPlace(mount_place.newBuilder()
                        .setMountPoint(ByteString.copyFrom(one.place().point().bytes()))
                        .setRoot(ByteString.copyFrom(one.place().root().bytes()))
                        .setDevice(one.place().device().kernelEncoding())
                        .setType(one.place().type())).build();
    }

    /** Reads the payload of {@code record}. */
    static GroupEntry of(FileRecord record) {
        try {
            fanotify_file_entry entry = fanotify_file_entry.parseFrom(record.payload());
            List<Mark> marks = new ArrayList<>(entry.getMarkCount());
            for (int i = 0; i < entry.getMarkCount(); i++) {
                marks.add(decode(entry.getMark(i), entry.getMark(i).getType() == mark_type.INODE ? Type.INODE : Type.MOUNT));
            }
            for (int i = 0; i < entry.getFileSystemMarkCount(); i++) {
                marks.add(decode(entry.getFileSystemMark(i), Type.FILE_SYSTEM));
            }
            return new GroupEntry(entry.getFaflags(), entry.getEvflags(), marks, entry.getLost(),
                    new Timestamp(entry.getSeconds(), entry.getNanoseconds()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new StasisException(new Problem(InotifyErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }

    private static Mark decode(fanotify_mark_entry entry, Type type) {
        DeviceNumber device = type == Type.MOUNT ? null : DeviceNumber.ofKernelEncoding(entry.getSDev());
        if (type == Type.INODE) {
            FanotifyMark mark = new FanotifyMark(type, entry.getMflags(), entry.getMask(), entry.getIgnoredMask(),
                    entry.getIe().getIIno(), device, InstanceEntry.decode(entry.getIe().getFHandle()), 0);
            return new Mark(mark, InstanceEntry.decode(entry.getTarget(), entry.getIe().getFHandle()), null);
        }
        mount_place place = entry.getPlace();
        return new Mark(new FanotifyMark(type, entry.getMflags(), entry.getMask(), entry.getIgnoredMask(), 0, device, null,
                Integer.toUnsignedLong(entry.getMe().getMntId())), null,
                new MountPlace(UnixPath.of(place.getMountPoint().toByteArray()), UnixPath.of(place.getRoot().toByteArray()),
                        DeviceNumber.ofKernelEncoding(place.getDevice()), place.getType()));
    }
}
