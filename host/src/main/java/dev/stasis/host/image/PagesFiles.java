package dev.stasis.host.image;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.host.image.proto.pagemap_entry;
import dev.stasis.host.image.proto.pagemap_head;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The memory contents of a sealed image: opened and described at once, verified by another thread meanwhile. */
final class PagesFiles implements AutoCloseable {
    private static final String PREFIX = "pagemap-";
    private static final String PAGES = "pages-";
    private static final long LARGE = 1 << 20;
    private static final Runnable NOTHING_FIRST = new Runnable() {
        @Override
        public void run() {}
    };

    private final SealedImage image;
    private final Map<String, OpenPages> byPagemap = new LinkedHashMap<>();
    private final ChecksumThread checksums = new ChecksumThread(NOTHING_FIRST);
    private Fd nothing;

    /** One pages file. */
    private record OpenPages(
            Fd descriptor, List<PageRun> runs, List<PageRun> inherited, long size, SealedFile file, FileChecksum checksum)
            implements Pages {}

    /** Opens all of {@code image}. */
    PagesFiles(SealedImage image) {
        this.image = image;
        try {
            verifyLargeFilesOfPlugins();
            for (String name : image.names()) {
                if (name.startsWith(PREFIX)) {
                    open(name);
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** They are asked for soon, by plugins, and before memory is: until then there is time. */
    private void verifyLargeFilesOfPlugins() {
        for (String name : image.names()) {
            boolean pages = name.startsWith(PAGES) || name.startsWith(PREFIX);
            if (image.sealed(name).size() >= LARGE && !pages && !image.isParsed(name)) {
                image.verifyAhead(name, checksums);
            }
        }
    }

    private void open(String pagemap) {
        try {
            RecordFile records = new RecordFile(image.read(pagemap), ImageMagic.PAGEMAP);
            pagemap_head head = records.next(pagemap_head.parser());
            SealedFile file = image.sealed(ImageNames.pages(head.getPagesId()));
            MalformedImage.unless(file != null, "it is about " + ImageNames.pages(head.getPagesId()) + ", which the image lacks");
            List<PageRun> inherited = new ArrayList<>();
            List<PageRun> runs = runs(records, file.size(), inherited);
            Fd descriptor = image.openUnverified(file.name());
            FileChecksum checksum = new FileChecksum(descriptor);
            checksum.available(file.size());
            byPagemap.put(pagemap, new OpenPages(descriptor, runs, inherited, head.getStasisSize(), file, checksum));
            checksums.add(checksum);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw ImageFailure.malformed(image.pathOf(pagemap), e.getMessage(), e);
        }
    }

    private static List<PageRun> runs(RecordFile records, long size, List<PageRun> inherited) throws InvalidProtocolBufferException {
        List<PageRun> runs = new ArrayList<>();
        RemoteAddress end = RemoteAddress.NULL;
        long offset = 0;
        while (records.hasNext()) {
            pagemap_entry entry = records.next(pagemap_entry.parser());
            PageRun run = new PageRun(new RemoteAddress(entry.getVaddr()), entry.getNrPages(), offset);
            MalformedImage.unless(run.pages() > 0 && (entry.getVaddr() & (PageRun.PAGE - 1)) == 0
                    && run.start().compareTo(end) >= 0, "pages at ", run.start(), " stand out of order");
            end = run.start().plus(run.length());
            if (entry.getStasisInherited()) {
                inherited.add(run);
            } else {
                offset += run.length();
                runs.add(run);
            }
        }
        MalformedImage.unless(offset == size, "it is about " + offset + " bytes of pages, but there are " + size);
        return runs;
    }

    /** The pages that {@code pagemap} is about; without runs when there is none. */
    Pages of(String pagemap) {
        Pages pages = byPagemap.get(pagemap);
        if (pages == null) {
            if (nothing == null) {
                nothing = image.openUnverified(ImageNames.INVENTORY);
            }
            return new OpenPages(nothing, List.of(), List.of(), 0, null, null);
        }
        return pages;
    }

    /** All shared memory objects. */
    List<SharedMemory> sharedObjects() {
        List<SharedMemory> objects = new ArrayList<>();
        for (Map.Entry<String, OpenPages> entry : byPagemap.entrySet()) {
            if (entry.getKey().startsWith(ImageNames.SHARED_PAGEMAP)) {
                OpenPages pages = entry.getValue();
                objects.add(new SharedMemory(ImageNames.sharedObject(entry.getKey()), pages.size(), pages.runs()));
            }
        }
        return objects;
    }

    /** Waits for all checksums and refuses the image when one is wrong. */
    void verify() {
        List<OpenPages> all = new ArrayList<>(byPagemap.values());
        for (int i = all.size() - 1; i >= 0; i--) {
            image.verify(all.get(i).file(), all.get(i).checksum());
        }
    }

    @Override
    public void close() {
        checksums.close();
        for (OpenPages pages : byPagemap.values()) {
            pages.descriptor().close();
        }
        if (nothing != null) {
            nothing.close();
        }
    }
}
