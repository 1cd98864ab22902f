package dev.stasis.plugins.filelocks;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.filelocks.proto.file_lock_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CRIU's image file of all locks: two magic words, then each entry with its length (four bytes, little-endian) before it. */
final class LockFile {
    static final String NAME = "filelocks.img";
    private static final int COMMON_MAGIC = 0x54564319;
    private static final int MAGIC = 0x54323616;
    private static final int MAX_ENTRY = 1 << 10;

    private LockFile() {}

    /** Writes {@code locks}; nothing when there are none. */
    static void write(List<HeldLock> locks, ImageOutput image) {
        if (locks.isEmpty()) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 + locks.size() * (4 + MAX_ENTRY)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(COMMON_MAGIC).putInt(MAGIC);
        for (HeldLock lock : locks) {
            byte[] entry = SavedLock.of(lock).entry().toByteArray();
            bytes.putInt(entry.length).put(entry);
        }
        byte[] written = new byte[bytes.position()];
        bytes.get(0, written);
        try (Fd file = image.create(NAME)) {
            FileCalls.write(file, written);
        }
    }

    /** The locks of {@code image}. */
    static List<SavedLock> read(ImageInput image) {
        Optional<Fd> opened = image.open(NAME);
        if (opened.isEmpty()) {
            return List.of();
        }
        try (Fd file = opened.get()) {
            return read(file);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new StasisException(malformed(e.getMessage()), e);
        }
    }

    private static List<SavedLock> read(Fd file) throws InvalidProtocolBufferException {
        NativeMemory memory = NativeMemory.allocate(MAX_ENTRY);
        require(FileCalls.readAt(file, memory, 8, 0) == 8 && memory.getInt(0) == COMMON_MAGIC && memory.getInt(4) == MAGIC,
                "it does not start as such a file does");
        List<SavedLock> locks = new ArrayList<>();
        long at = 8;
        for (int head = FileCalls.readAt(file, memory, 4, at); head != 0; head = FileCalls.readAt(file, memory, 4, at)) {
            int length = memory.getInt(0);
            require(head == 4 && length >= 0 && length <= MAX_ENTRY, "it has an entry of an impossible length");
            require(FileCalls.readAt(file, memory, length, at + 4) == length, "it ends within an entry");
            locks.add(SavedLock.of(file_lock_entry.parseFrom(memory.get(0, length))));
            at += 4 + length;
        }
        return locks;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static Problem malformed(String reason) {
        return new Problem(FileLocksErrorCode.ENTRY_MALFORMED, NAME, reason,
                "the image was not made by this version of the plugin");
    }
}
