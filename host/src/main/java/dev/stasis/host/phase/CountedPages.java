package dev.stasis.host.phase;

import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import java.util.List;
import java.util.function.Consumer;

/** Pages that are counted on their way to where they go. */
record CountedPages(PagesOutput output, Consumer<PageRun> counter) implements PagesOutput {

    @Override
    public Fd descriptor() {
        return output.descriptor();
    }

    @Override
    public String path() {
        return output.path();
    }

    @Override
    public RuntimeException refused(KernelException cause) {
        return output.refused(cause);
    }

    @Override
    public void written(long bytes) {
        output.written(bytes);
    }

    @Override
    public void inherit(List<PageRun> pages) {
        output.inherit(pages);
    }

    @Override
    public void finish(List<PageRun> runs) {
        for (PageRun run : runs) {
            counter.accept(run);
        }
        output.finish(runs);
    }
}
