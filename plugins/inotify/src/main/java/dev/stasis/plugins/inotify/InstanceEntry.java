package dev.stasis.plugins.inotify;

import com.google.protobuf.ByteString;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.plugins.inotify.proto.fh_entry;
import dev.stasis.plugins.inotify.proto.fown_entry;
import dev.stasis.plugins.inotify.proto.inotify_file_entry;
import dev.stasis.plugins.inotify.proto.inotify_queue;
import dev.stasis.plugins.inotify.proto.watch_target;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An instance as an image tells of it.
 *
 * @param watches by rising number
 * @param events what waits to be read
 * @param next the number that the next watch gets
 * @param seen when the events were looked at last, by the clock that files' times are taken from
 * @param limit how many events it takes; 0 when that is not known
 */
record InstanceEntry(List<Watch> watches, List<InotifyEvent> events, WatchDescriptor next, Timestamp seen, int limit) {
    /** CRIU's readers expect as many longs, whatever the handle's length is. */
    private static final int HANDLE_LONGS = FileHandle.MAX_SIZE / Long.BYTES;
    private static final int WATCH = 5 << 3 | 2;
    private static final int QUEUE = 1000 << 3 | 2;

    /** The bytes of an {@code inotify_file_entry}, of which those of the watches were made before. */
    byte[] encode(OpenFile file, byte[] encodedWatches) {
        byte[] rest = inotify_file_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setFown(owner(file.owner()))
                .setQueue(inotify_queue.newBuilder()
                        .setEvents(ByteString.copyFrom(InotifyEvent.encode(events)))
                        .setNextWd(next.number())
                        .setLimit(limit)
                        .setSeconds(seen.seconds())
                        .setNanoseconds(seen.nanoseconds()))
                .buildPartial().toByteArray();
        // Messages that stand one behind the other are one.
        byte[] all = Arrays.copyOf(rest, rest.length + encodedWatches.length);
        System.arraycopy(encodedWatches, 0, all, rest.length, encodedWatches.length);
        return all;
    }

    /** The bytes of {@code watches} in the entry of instance {@code id}. */
    static byte[] encode(OpenFileId id, List<Watch> watches) {
        WatchWriter writer = new WatchWriter(id);
        for (int i = 0; i < watches.size(); i++) {
            writer.write(watches.get(i));
        }
        return writer.toByteArray();
    }

    static fown_entry owner(FileOwner owner) {
        return fown_entry.newBuilder()
                .setUid(owner.uid())
                .setEuid(owner.effectiveUid())
                .setSignum(owner.signal())
                .setPidType(owner.type())
                .setPid(owner.id())
                .build();
    }

    static fh_entry encode(FileHandle handle, UnixPath path) {
        fh_entry.Builder entry = fh_entry.newBuilder()
                .setBytes(handle == null ? 0 : handle.bytes().length)
                .setType(handle == null ? 0 : handle.type());
        for (int i = 0; i < HANDLE_LONGS; i++) {
            long value = 0;
            for (int j = 7; handle != null && j >= 0; j--) {
                int at = i * Long.BYTES + j;
                value = value << 8 | (at < handle.bytes().length ? handle.bytes()[at] & 0xff : 0);
            }
            entry.addHandle(value);
        }
        return (path == null ? entry : entry.setPath(ByteString.copyFrom(path.bytes()))).build();
    }

    static watch_target encode(WatchTarget target) {
        watch_target.Builder entry = watch_target.newBuilder();
        if (target.inode() != null) {
            entry.setInode(target.inode().number()).setDevice(target.inode().device().kernelEncoding());
        }
        if (target.openFile() != null) {
            entry.setOpenFile(target.openFile().number());
        }
        if (target.unlinked()) {
            entry.setUnlinked(true);
        }
        return (target.pseudo() ? entry.setPseudo(true) : entry).build();
    }

    /** Reads the payload of {@code record}. */
    static InstanceEntry of(FileRecord record) {
        try {
            return of(record.payload());
        } catch (IOException | IllegalArgumentException e) {
            throw new StasisException(new Problem(InotifyErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }

    private static InstanceEntry of(byte[] bytes) throws IOException {
        List<Watch> watches = new ArrayList<>();
        inotify_queue queue = inotify_queue.getDefaultInstance();
        WireReader in = new WireReader(bytes);
        WatchReader reader = new WatchReader(in);
        while (in.hasMore()) {
            int tag = in.number();
            if (tag == WATCH) {
                watches.add(reader.read());
            } else if (tag == QUEUE) {
                queue = inotify_queue.parseFrom(in.byteArray());
            } else {
                in.skip(tag);
            }
        }
        return new InstanceEntry(watches, InotifyEvent.parse(queue.getEvents().toByteArray()),
                new WatchDescriptor(Math.max(queue.getNextWd(), 1)),
                new Timestamp(queue.getSeconds(), queue.getNanoseconds()), queue.getLimit());
    }

    static WatchTarget decode(watch_target target, fh_entry handle) {
        return new WatchTarget(true,
                handle.hasPath() ? UnixPath.of(handle.getPath().toByteArray()) : null,
                target.hasInode() ? new InodeId(DeviceNumber.ofKernelEncoding(target.getDevice()), target.getInode()) : null,
                target.hasOpenFile() ? new OpenFileId(target.getOpenFile()) : null, target.getUnlinked(), target.getPseudo());
    }

    static FileHandle decode(fh_entry entry) {
        if (entry.getBytes() == 0) {
            return null;
        }
        if (entry.getBytes() < 0 || entry.getBytes() > FileHandle.MAX_SIZE
                || entry.getHandleCount() < (entry.getBytes() + Long.BYTES - 1) / Long.BYTES) {
            throw new IllegalArgumentException("a handle of " + Integer.toUnsignedString(entry.getBytes()) + " bytes");
        }
        byte[] bytes = new byte[entry.getBytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (entry.getHandle(i / Long.BYTES) >>> 8 * (i % Long.BYTES));
        }
        return new FileHandle(entry.getType(), bytes);
    }
}
