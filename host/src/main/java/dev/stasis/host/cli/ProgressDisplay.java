package dev.stasis.host.cli;

import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import java.io.PrintStream;

/**
 * Shows on a terminal how far long work has come. The working thread only sets numbers; a thread of the display's own looks
 * at them now and then, and loads the progress bar when the work has gone on for longer than a glance. Being called at every
 * step of the work, it is also where a user's wish to stop takes effect.
 */
final class ProgressDisplay implements Progress, Runnable, AutoCloseable {
    private static final long GLANCE_MILLIS = 300;
    private static final long INTERVAL_MILLIS = 100;

    private final PrintStream out;
    private final Interruption interruption;
    private String work;
    private long total;
    private long begun;
    private volatile long done;
    private boolean closed;

    private ProgressDisplay(PrintStream out, Interruption interruption) {
        this.out = out;
        this.interruption = interruption;
    }

    /** A display on standard error if that is a terminal, else one that shows nothing, of work that begins now. */
    static ProgressDisplay onTerminal(Console console, Interruption interruption) {
        interruption.beginWork();
        ProgressDisplay display = new ProgressDisplay(console.err(), interruption);
        if (isTerminal()) {
            Thread thread = new Thread(display, "progress");
            thread.setDaemon(true);
            thread.start();
        }
        return display;
    }

    private static boolean isTerminal() {
        Fd standardError = Fd.own(2);
        boolean answer = FileCalls.isTerminal(standardError);
        standardError.release();
        return answer;
    }

    @Override
    public synchronized void begin(String what, long amount) {
        interruption.check();
        work = what;
        total = amount;
        done = 0;
        begun = System.nanoTime();
    }

    @Override
    public void advance(long amount) {
        interruption.check();
        done += amount;
    }

    @Override
    public synchronized void end() {
        work = null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        work = null;
        interruption.endWork();
        notifyAll();
    }

    /** Looks at the work until it is closed; for the display's own thread. */
    @Override
    public synchronized void run() {
        while (!closed && pause()) {
            boolean isLong = work != null && System.nanoTime() - begun > GLANCE_MILLIS * 1_000_000;
            if (isLong) {
                show();
            }
        }
    }

    private void show() {
        long shown = begun;
        try (TerminalBar bar = TerminalBar.begin(work, total, out)) {
            while (work != null && begun == shown) {
                bar.reach(done);
                pause();
            }
        }
    }

    /** Waits a little, the lock given up meanwhile; false when this thread is asked to end. */
    private boolean pause() {
        try {
            wait(INTERVAL_MILLIS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
