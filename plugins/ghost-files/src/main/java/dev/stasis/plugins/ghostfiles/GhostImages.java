package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.ContentCalls;
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

    private final ImageInput image;
    private final PackReader pack;
    /** Null until the first inode needs it. */
    private PackReader contents;
    private final Map<Integer, GhostImage> known = new HashMap<>();

    /** Opens those of {@code image}. */
    GhostImages(ImageInput image) {
        this.image = image;
        this.pack = new PackReader(open(image, GhostImage.NAME));
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
        if (place < 0 || place > pack.size() - 4) {
            throw malformed("an entry would start at " + Long.toUnsignedString(place), null);
        }
        try {
            int length = pack.memory().getInt(pack.read(place, 4));
            if (length < 0 || length > MAX_ENTRY || length > pack.size() - place - 4) {
                throw malformed("an entry would be " + Integer.toUnsignedString(length) + " bytes long", null);
            }
            ghost_inode_entry entry = ghost_inode_entry.parseFrom(entry(place + 4, length));
            return entry.hasContentsPlace() ? new GhostImage(contents(), entry, contentsPlace(entry))
                    : new GhostImage(pack, entry, place + 4 + length);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage(), e);
        } catch (KernelException e) {
            throw e.is(Errno.EIO) ? malformed("it is shorter than it should be", e) : e;
        }
    }

    private PackReader contents() {
        if (contents == null) {
            contents = new PackReader(open(image, GhostsAhead.CONTENTS));
        }
        return contents;
    }

    private static long contentsPlace(ghost_inode_entry entry) {
        if (entry.getContentsPlace() < 0) {
            throw malformed("contents would start at " + Long.toUnsignedString(entry.getContentsPlace()), null);
        }
        return entry.getContentsPlace();
    }

    private ByteString entry(long place, int length) {
        if (PackReader.isShort(length)) {
            return ByteString.copyFrom(pack.memory().get(pack.read(place, length), length));
        }
        NativeMemory whole = NativeMemory.allocate(length);
        ContentCalls.read(pack.file(), place, whole, 0, length);
        return ByteString.copyFrom(whole.get(0, length));
    }

    private static StasisException malformed(String reason, Throwable cause) {
        return GhostImage.malformed(GhostImage.NAME, reason, cause);
    }

    @Override
    public void close() {
        pack.close();
        if (contents != null) {
            contents.close();
        }
    }
}
