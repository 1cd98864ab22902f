package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.host.state.PagesSource;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.List;

/** Finds the pages of a task that an image holds only once, with its parent or with one further up. */
final class Ancestors {
    private final RestorePlan plan;
    private final PagesSource source;

    /** Pages out of one file. */
    private record Found(Fd descriptor, List<PageRun> runs) implements Pages {}

    Ancestors(RestorePlan plan, PagesSource source) {
        this.plan = plan;
        this.source = source;
    }

    /** The pages that {@code wanted}, ascending, leaves to the ancestors of {@code task}: from each of them those that it has. */
    List<Pages> find(Pid task, List<Span> wanted) {
        List<Pages> found = new ArrayList<>();
        List<Span> left = wanted;
        Pid ancestor = plan.task(task).parent();
        while (!left.isEmpty() && ancestor != null) {
            Pages pages = source.of(ancestor);
            List<PageRun> runs = common(pages.runs(), left);
            if (!runs.isEmpty()) {
                found.add(new Found(pages.descriptor(), runs));
            }
            left = Span.common(Span.of(pages.inherited(), List.of()), left); // what it has not at all is zero
            ancestor = plan.task(ancestor).parent();
        }
        return found;
    }

    private static List<PageRun> common(List<PageRun> runs, List<Span> wanted) {
        List<PageRun> common = new ArrayList<>();
        int from = 0;
        for (PageRun run : runs) {
            long start = run.start().value();
            while (from < wanted.size() && wanted.get(from).end() <= start) {
                from++;
            }
            for (int i = from; i < wanted.size() && wanted.get(i).start() < start + run.length(); i++) {
                long first = Math.max(start, wanted.get(i).start());
                long end = Math.min(start + run.length(), wanted.get(i).end());
                common.add(new PageRun(new RemoteAddress(first), (end - first) / PageRun.PAGE, run.imageOffset() + first - start));
            }
        }
        return common;
    }
}
