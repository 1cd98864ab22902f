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

/** The inodes in an image: their files, each opened once, for that verifies all of it, and each entry, read once. */
final class GhostImages implements AutoCloseable {
    private static final int MAX_ENTRY = 1 << 26;
    /** Most entries with their length are shorter. */
    private static final int USUAL = 1 << 10;

    private final ImageInput image;
    private final Fd file;
    /** Null until the first inode needs it. */
    private Fd contents;
    private final long size;
    private final NativeMemory memory = NativeMemory.allocate(USUAL);
    private final Map<Integer, GhostImage> known = new HashMap<>();

    /** Opens those of {@code image}. */
    GhostImages(ImageInput image) {
        this.image = image;
        this.file = open(image, GhostImage.NAME);
        this.size = FileCalls.status(file).size();
    }

    private static Fd open(ImageInput image, String name) {
        Optional<Fd> found = image.open(name);
        if (found.isEmpty()) {
            throw new StasisException(new Problem(GhostFilesErrorCode.CONTENTS_MISSING, name,
                    "the image has no such file", "take the image directory as a whole"));
        }
        return found.get();
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
            ghost_inode_entry entry = ghost_inode_entry.parseFrom(entry(place, had, length));
            return entry.hasContentsPlace() ? new GhostImage(contents(), entry, contentsPlace(entry))
                    : new GhostImage(file, entry, place + 4 + length);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage(), e);
        } catch (KernelException e) {
            throw e.is(Errno.EIO) ? malformed("it is shorter than it should be", e) : e;
        }
    }

    private Fd contents() {
        if (contents == null) {
            contents = open(image, GhostsAhead.CONTENTS);
        }
        return contents;
    }

    private static long contentsPlace(ghost_inode_entry entry) {
        if (entry.getContentsPlace() < 0) {
            throw malformed("contents would start at " + Long.toUnsignedString(entry.getContentsPlace()), null);
        }
        return entry.getContentsPlace();
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
        if (contents != null) {
            contents.close();
        }
    }
}
