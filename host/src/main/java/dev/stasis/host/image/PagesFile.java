package dev.stasis.host.image;

import dev.stasis.host.image.proto.pagemap_entry;
import dev.stasis.host.image.proto.pagemap_head;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteAddress;
import java.util.List;

/** One {@code pages-N.img} being written, and the pagemap that tells of it. */
final class PagesFile implements PagesOutput {
    private static final int PRESENT = 4;
    /** Below this the last bytes are summed up at once: waking another thread would take longer. */
    private static final long INLINE = 4L * FileChecksum.STEP;

    private final ImageWriter image;
    private final int number;
    private final String pagemap;
    private final long size;
    private final Fd file;
    private final FileChecksum checksum;
    private boolean followed;
    private long length = -1;
    private List<PageRun> inherited = List.of();

    /** Pages {@code number} of {@code image}; {@code size} is that of the shared object, 0 for private memory. */
    PagesFile(ImageWriter image, int number, String pagemap, long size, Fd file) {
        this.image = image;
        this.number = number;
        this.pagemap = pagemap;
        this.size = size;
        this.file = file;
        this.checksum = new FileChecksum(file);
    }

    @Override
    public Fd descriptor() {
        return file;
    }

    @Override
    public String path() {
        return image.pathOf(ImageNames.pages(number));
    }

    @Override
    public RuntimeException refused(KernelException cause) {
        return ImageFailure.writing(path(), cause);
    }

    @Override
    public void written(long bytes) {
        checksum.available(bytes);
        if (checksum.waiting() >= INLINE) {
            image.follow(checksum, !followed);
            followed = true;
        }
    }

    @Override
    public void inherit(List<PageRun> pages) {
        inherited = pages;
    }

    @Override
    public void finish(List<PageRun> runs) {
        if (length >= 0) {
            throw new IllegalStateException(pagemap + " is finished already");
        }
        RecordBuffer buffer = image.buffer();
        buffer.begin(ImageMagic.PAGEMAP);
        buffer.add(head());
        long expected = 0;
        int next = 0;
        for (PageRun run : runs) {
            next = addInherited(buffer, next, run.start());
            if (run.imageOffset() != expected || run.pages() <= 0) {
                throw new IllegalArgumentException("pages from " + run.start() + " do not follow those before them");
            }
            expected += run.length();
            buffer.add(entry(run));
        }
        addInherited(buffer, next, null);
        image.write(pagemap);
        length = expected;
        written(length);
        if (checksum.waiting() <= INLINE) {
            checksum.complete();
        }
    }

    /** Adds those pages of the parent, from number {@code next} on, that lie below {@code end}; returns the next number. */
    private int addInherited(RecordBuffer buffer, int next, RemoteAddress end) {
        int at = next;
        while (at < inherited.size() && (end == null || inherited.get(at).start().compareTo(end) < 0)) {
            PageRun run = inherited.get(at++);
            buffer.add(pagemap_entry.newBuilder().setVaddr(run.start().value()).setNrPages(Math.toIntExact(run.pages()))
                    .setFlags(0).setStasisInherited(true).build());
        }
        return at;
    }

    private pagemap_head head() {
        pagemap_head.Builder head = pagemap_head.newBuilder().setPagesId(number);
        return size == 0 ? head.build() : head.setStasisSize(size).build();
    }

    private static pagemap_entry entry(PageRun run) {
        return pagemap_entry.newBuilder()
                .setVaddr(run.start().value())
                .setNrPages(Math.toIntExact(run.pages()))
                .setFlags(PRESENT)
                .build();
    }

    /** Its size and checksum; waits for the latter. Throws {@link IllegalStateException} when it was not finished. */
    SealedFile seal() {
        String name = ImageNames.pages(number);
        if (length < 0) {
            throw new IllegalStateException(name + " was not finished");
        }
        long actual = image.sizeOf(file, name);
        if (actual != length) {
            throw new IllegalStateException(name + " has " + actual + " bytes, but runs of " + length);
        }
        return new SealedFile(name, length, checksum.complete());
    }

    /** Closes the file. */
    void close() {
        file.close();
    }
}
