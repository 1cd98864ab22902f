package dev.stasis.plugins.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.plugins.pipes.PipeDataFile.Saved;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.OptionalInt;

/** Puts saved contents into a new pipe, packets as packets. */
final class Filling {
    private static final int PAGE = 4096;

    private final Fd image;
    private NativeMemory memory = NativeMemory.allocate(1 << 16);

    /** From {@code image}, which is borrowed. */
    Filling(Fd image) {
        this.image = image;
    }

    /** Writes what {@code saved} tells of to {@code pipe}, which must be empty; its status flags are void afterwards. */
    void fill(Fd pipe, Saved saved) {
        pipe_data_entry entry = saved.entry();
        if (entry.getBytes() == 0) {
            return;
        }
        if (memory.size() < entry.getBytes()) {
            memory = NativeMemory.allocate(entry.getBytes());
        }
        require(FileCalls.readAt(image, memory, entry.getBytes(), saved.contents()) == entry.getBytes(), entry);
        if (entry.getPiecesCount() == 0) {
            FileCalls.flags(pipe, OpenFlags.NONBLOCK);
            write(pipe, 0, entry.getBytes(), entry);
        } else {
            pieces(pipe, entry);
        }
        FileCalls.flags(pipe, OpenFlags.RDONLY);
    }

    private void pieces(Fd pipe, pipe_data_entry entry) {
        int at = 0;
        for (int i = 0; i < entry.getPiecesCount(); i++) {
            int length = entry.getPieces(i) >>> 1;
            require(length > 0 && length <= entry.getBytes() - at, entry);
            if ((entry.getPieces(i) & 1) == 1) {
                FileCalls.flags(pipe, OpenFlags.NONBLOCK.with(OpenFlags.DIRECT));
                write(pipe, at, length, entry);
            } else {
                plain(pipe, at, length, entry);
            }
            at += length;
        }
        require(at == entry.getBytes(), entry);
    }

    /** By way of tee: the kernel would add the packet that comes next to what was simply written before it. */
    private void plain(Fd pipe, int at, int length, pipe_data_entry entry) {
        for (int done = 0; done < length; done += PAGE) {
            try (PipeCalls.Ends side = PipeCalls.create(OpenFlags.NONBLOCK)) {
                int part = Math.min(PAGE, length - done);
                write(side.write(), at + done, part, entry);
                require(PipeCalls.tee(side.read(), pipe, part) == part, entry);
            }
        }
    }

    private void write(Fd pipe, int at, int length, pipe_data_entry entry) {
        OptionalInt written = PipeCalls.tryWrite(pipe, memory, at, length);
        require(written.isPresent() && written.getAsInt() == length, entry);
    }

    private static void require(boolean holds, pipe_data_entry entry) {
        if (!holds) {
            throw new StasisException(new Problem(PipesErrorCode.CONTENTS_DO_NOT_FIT, "pipe " + entry.getPipeId(),
                    entry.getBytes() + " bytes do not go into a pipe of " + entry.getSize(), "the image may be damaged"));
        }
    }
}
