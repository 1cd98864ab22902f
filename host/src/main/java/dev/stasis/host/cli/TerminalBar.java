package dev.stasis.host.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** One bar on the last line of the terminal, which is empty again after {@link #close()}. */
final class TerminalBar implements AutoCloseable {
    private static final int WIDTH = 78;
    private static final long BYTES_PER_UNIT = 1 << 20;
    private static final String CLEAR_LINE = "\r\033[K";

    private final ProgressBar bar;
    private final PrintStream out;

    private TerminalBar(ProgressBar bar, PrintStream out) {
        this.bar = bar;
        this.out = out;
    }

    /** Begins a bar for {@code work}; {@code total} 0 if not known. Totals beyond a million are taken for bytes. */
    static TerminalBar begin(String work, long total, PrintStream out) {
        ProgressBarBuilder builder = new ProgressBarBuilder().setTaskName(work).setStyle(ProgressBarStyle.ASCII)
                .setInitialMax(total > 0 ? total : -1)
                .setConsumer(new DelegatingProgressBarConsumer(text -> out.print("\r" + text), WIDTH));
        if (total > 1_000_000) {
            builder.setUnit(" MiB", BYTES_PER_UNIT);
        }
        return new TerminalBar(builder.build(), out);
    }

    void reach(long amount) {
        bar.stepTo(amount);
    }

    @Override
    public void close() {
        bar.close();
        out.print(CLEAR_LINE);
        out.flush();
    }
}
