package dev.stasis.host.cli;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The user's wish to stop, as SIGINT, SIGTERM or SIGHUP tells it. Before the work begins this process ends at once. Afterwards
 * the first signal ends the work at its next step, in good order: the tree runs on, or none of it came back, and nothing is
 * left behind. Work that waits in the kernel, and so comes to no next step, is ended where it is, see {@link StuckWork}. The second
 * signal ends this process at once, which harms no tree either, but leaves an unfinished image.
 */
final class Interruption implements SignalHandler {
    static final String[] SIGNALS = {"INT", "TERM", "HUP"};
    private static final long REMOVAL_MILLIS = 5_000;

    private final String command;
    private final Console console;
    private volatile boolean working;
    private Runnable tidying;
    private volatile String asked;

    private Interruption(String command, Console console) {
        this.command = command;
        this.console = console;
    }

    /** Listens from now on, for {@code command}, whose work is still to begin. */
    static Interruption listen(String command, Console console) {
        Interruption interruption = new Interruption(command, console);
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), interruption);
        }
        return interruption;
    }

    /** What follows must be ended in good order. */
    synchronized void beginWork() {
        working = true;
    }

    /** The work is done, or has failed. */
    void endWork() {
        working = false;
    }

    /** Has {@code removal} called, if the work must be ended where it is, to remove what it leaves. */
    synchronized void tidyWith(Runnable removal) {
        tidying = removal;
    }

    /** Whether what is to be ended goes on. */
    boolean isWorking() {
        return working;
    }

    /** Ends this process, whose work waits as {@code wait} says. */
    void giveUp(String wait) {
        Thread removal = new Thread(tidying, "removal");
        removal.setDaemon(true);
        removal.start();
        try {
            removal.join(REMOVAL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        console.say(problem() + ", and " + wait);
        console.say(command + " not done: this process ends without waiting any longer. "
                + (command.equals("dump") ? "The tree runs on." : "Nothing of the tree came back."));
        Runtime.getRuntime().halt(ExitStatus.FAILED);
    }

    @Override
    public synchronized void handle(Signal signal) {
        if (asked != null) {
            Runtime.getRuntime().halt(128 + signal.getNumber());
        }
        asked = "SIG" + signal.getName();
        if (!working) {
            console.say(problem().toString());
            console.say(command + " not done, nothing was changed.");
            Runtime.getRuntime().halt(ExitStatus.FAILED);
        }
        Thread watch = new Thread(new StuckWork(this), "interruption");
        watch.setDaemon(true);
        watch.start();
    }

    /** Throws if the user asked to stop. */
    void check() {
        if (asked != null) {
            throw new StasisException(problem());
        }
    }

    private Problem problem() {
        return new Problem(CliError.INTERRUPTED, "this process", "asked to stop by " + asked, "");
    }
}
