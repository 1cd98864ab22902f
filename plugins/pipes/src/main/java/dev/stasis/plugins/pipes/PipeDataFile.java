package dev.stasis.plugins.pipes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The image file with what was in all pipes, or in all FIFOs: two magic words, then for each the length of its entry (four
 * bytes, little-endian), the entry and the contents.
 *
 * @param name what it is called
 * @param magic its second word
 */
record PipeDataFile(String name, int magic) {
    static final PipeDataFile PIPES = new PipeDataFile("pipes-data.img", 0x56453709);
    static final PipeDataFile FIFOS = new PipeDataFile("fifo-data.img", 0x59333054);

    static final int COMMON_MAGIC = 0x54564319;
    private static final int MAX_ENTRY = 1 << 20;

    // By hand: what the compiler generates for a record starts up method handles, some milliseconds of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof PipeDataFile file && magic == file.magic && name.equals(file.name);
    }

    @Override
    public int hashCode() {
        return magic;
    }

    /** One pipe and where its contents are in the file. */
    record Saved(pipe_data_entry entry, long contents) {}

    /** Opens the file of {@code image}; the caller closes it. */
    Fd open(ImageInput image) {
        Optional<Fd> file = image.open(name);
        if (file.isEmpty()) {
            throw new StasisException(new Problem(PipesErrorCode.CONTENTS_MISSING, name, "the image has no such file",
                    "take the image directory as a whole"));
        }
        return file.get();
    }

    /** All entries of {@code file}, by the number of the pipe. */
    Map<Integer, Saved> index(Fd file) {
        FileWindow window = new FileWindow(file);
        require(window.holds(0, 2 * Integer.BYTES) && window.word(0) == COMMON_MAGIC && window.word(Integer.BYTES) == magic,
                "it does not start as such a file does");
        Map<Integer, Saved> all = new HashMap<>();
        long at = 2 * Integer.BYTES;
        while (window.holds(at, Integer.BYTES)) {
            int length = window.word(at);
            require(length >= 0 && length <= MAX_ENTRY, "it has an entry of an impossible length");
            require(window.holds(at + Integer.BYTES, length), "it ends within an entry");
            pipe_data_entry entry = entry(window.bytes(at + Integer.BYTES, length));
            require(entry.getBytes() >= 0, "it has contents of an impossible length");
            at += Integer.BYTES + length;
            all.put(entry.getPipeId(), new Saved(entry, at));
            at += entry.getBytes();
        }
        return all;
    }

    private pipe_data_entry entry(byte[] bytes) {
        try {
            return pipe_data_entry.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e.getMessage());
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    private StasisException malformed(String reason) {
        return new StasisException(new Problem(PipesErrorCode.ENTRY_MALFORMED, name, reason,
                "the image was not made by this version of the plugin"));
    }
}
