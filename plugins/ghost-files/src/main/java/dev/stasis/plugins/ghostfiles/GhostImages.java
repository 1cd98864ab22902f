package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_location_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The inodes in an image: their file, opened once, for that verifies all of it, and each entry, read once. */
final class GhostImages implements AutoCloseable {
    private static final int MAX_ENTRY = 1 << 26;
    /** Most entries with their length are shorter. */
    private static final int USUAL = 1 << 10;

    private final Fd file;
    private final long size;
    private final NativeMemory memory = NativeMemory.allocate(USUAL);
    private final Map<Integer, GhostImage> known = new HashMap<>();

    /** Opens those of {@code image}. */
    GhostImages(ImageInput image) {
        Optional<Fd> found = image.open(GhostImage.NAME);
        if (found.isEmpty()) {
            throw new StasisException(new Problem(GhostFilesErrorCode.CONTENTS_MISSING, GhostImage.NAME,
                    "the image has no such file", "take the image directory as a whole"));
        }
        this.file = found.get();
        this.size = FileCalls.status(file).size();
    }

    /** The inode that {@code location} speaks of. */
    GhostImage of(ghost_location_entry location) {
        GhostImage image = known.get(location.getGhostId());
        if (image == null) {
            image = read(location.getPlace());
            known.put(location.getGhostId(), image);
        }
        return image;
    }

    private GhostImage read(long place) {
        if (place < 0 || place > size - 4) {
            throw malformed("an entry would start at " + Long.toUnsignedString(place), null);
        }
        int had = (int) Math.min(USUAL, size - place);
        try {
            ContentCalls.read(file, place, memory, 0, had);
            int length = memory.getInt(0);
            if (length < 0 || length > MAX_ENTRY || length > size - place - 4) {
                throw malformed("an entry would be " + Integer.toUnsignedString(length) + " bytes long", null);
            }
            return new GhostImage(file, ghost_inode_entry.parseFrom(entry(place, had, length)), place + 4 + length);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage(), e);
        } catch (KernelException e) {
            throw e.is(Errno.EIO) ? malformed("it is shorter than it should be", e) : e;
        }
    }

    private ByteString entry(long place, int had, int length) {
        if (4 + length <= had) {
            return ByteString.copyFrom(memory.get(4, length));
        }
        NativeMemory whole = NativeMemory.allocate(length);
        ContentCalls.read(file, place + 4, whole, 0, length);
        return ByteString.copyFrom(whole.get(0, length));
    }

    private static StasisException malformed(String reason, Throwable cause) {
        return GhostImage.malformed(GhostImage.NAME, reason, cause);
    }

    @Override
    public void close() {
        file.close();
    }
}
