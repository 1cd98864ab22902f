package dev.stasis.host.image;

import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the sample state as an image. */
final class SampleImage {
    static final List<PluginUse> PLUGINS = List.of(new PluginUse("regular-files", "1.2.3", List.of("regular-file")));
    static final String GHOST = "ghost-file-1.img";

    private SampleImage() {}

    /** Writes all of it into {@code directory} and seals it. */
    static void write(Path directory) {
        try (ImageWriter writer = ImageWriter.create(directory)) {
            fill(writer);
            writer.seal(PLUGINS);
        }
        StatsFile.write(directory, new StatsFile.DumpStats(1, 2, 3, 4, 5, 6));
        StatsFile.write(directory, new StatsFile.RestoreStats(7, 8, 9));
    }

    /** Writes all of it into {@code writer}. */
    static void fill(ImageWriter writer) {
        try (Fd ghost = writer.create(GHOST)) {
            FileCalls.write(ghost, new byte[] {1, 2, 3});
        }
        writer.writeFiles(SampleState.files(), SampleState.TYPES);
        writePages(writer.pages(SampleState.ROOT), 0x401000, 2, 0x1c2d000, 1);
        writePages(writer.pages(SampleState.CHILD), 0x1c2d000, 1);
        writePages(writer.sharedPages(SampleState.SHARED, 0x3000), 0, 1, 0x2000, 1);
        writer.writeTasks(SampleState.tasks());
    }

    /** Writes pages, each full of its own number, in runs of start and count. */
    static void writePages(PagesOutput output, long... startsAndCounts) {
        List<PageRun> runs = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < startsAndCounts.length; i += 2) {
            PageRun run = new PageRun(new RemoteAddress(startsAndCounts[i]), startsAndCounts[i + 1], offset);
            runs.add(run);
            byte[] contents = new byte[(int) run.length()];
            for (int at = 0; at < contents.length; at++) {
                contents[at] = (byte) ((offset + at) / PageRun.PAGE + 1);
            }
            FileCalls.write(output.descriptor(), contents);
            offset += run.length();
        }
        output.finish(runs);
    }
}
