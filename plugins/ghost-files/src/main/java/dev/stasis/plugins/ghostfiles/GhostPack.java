package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import java.util.List;

/**
 * The image file of all inodes of a dump while it is written: entry and contents of one behind those of the other. Contents
 * never come into the Java heap: short ones are gathered in memory outside it and written together with the entry, others
 * are copied by the kernel, which shares the blocks where both files are on one file system that can.
 */
final class GhostPack implements AutoCloseable {
    private static final int ROOM = 1 << 18;

    private final Fd file;
    private final NativeMemory gathered = NativeMemory.allocate(ROOM);
    private int length;
    private long end;

    /** Writes into {@code file}, which is empty and owned from now on. */
    GhostPack(Fd file) {
        this.file = file;
    }

    /** Adds {@code entry} with its contents, which are those of {@code source} (borrowed; null if there are none); returns its place. */
    long add(ghost_inode_entry entry, Fd source) {
        return add(entry.toByteArray(), entry.getExtentsList(), source);
    }

    /** The same for the entry that {@code bytes} are of, with contents {@code extents}. */
    long add(byte[] bytes, List<ghost_extent> extents, Fd source) {
        long place = place();
        byte[] head = new byte[4 + bytes.length];
        for (int i = 0; i < 4; i++) {
            head[i] = (byte) (bytes.length >>> (8 * i));
        }
        System.arraycopy(bytes, 0, head, 4, bytes.length);
        addHead(head);
        if (source != null) {
            addContents(extents, source);
        }
        flush();
        return place;
    }

    /** Adds only {@code extents} of {@code source}, which is borrowed; returns their place. Some may be written by {@link #flush} only. */
    long addContents(List<ghost_extent> extents, Fd source) {
        long place = place();
        for (int i = 0; i < extents.size(); i++) {
            addExtent(source, extents.get(i).getOffset(), extents.get(i).getLength());
        }
        return place;
    }

    private long place() {
        return end + length;
    }

    /** What is known of the file. */
    FileStatus status() {
        return FileCalls.status(file);
    }

    private void addHead(byte[] head) {
        for (int done = 0; done < head.length;) {
            int part = Math.min(head.length - done, ROOM - length);
            gathered.buffer().position(length).put(head, done, part);
            length += part;
            done += part;
            if (length == ROOM) {
                flush();
            }
        }
    }

    private void addExtent(Fd source, long offset, long size) {
        if (GhostImage.isAligned(size)) {
            flush();
            end = GhostImage.aligned(end);
            ContentCalls.copy(source, offset, file, end, size);
            end += size;
            return;
        }
        if (size > ROOM - length) {
            flush();
        }
        ContentCalls.read(source, offset, gathered, length, (int) size);
        length += (int) size;
    }

    /** Writes what is gathered. */
    void flush() {
        ContentCalls.write(gathered, 0, length, file, end);
        end += length;
        length = 0;
    }

    @Override
    public void close() {
        file.close();
    }
}
