package dev.stasis.host.cli;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The user's wish to stop, as SIGINT, SIGTERM or SIGHUP tells it. The first one ends the work at its next step, in good
 * order: the tree runs on, or none of it came back, and nothing is left behind. The second one ends this process at once,
 * which harms no tree either, but leaves an unfinished image.
 */
final class Interruption implements SignalHandler {
    static final String[] SIGNALS = {"INT", "TERM", "HUP"};

    private volatile String asked;

    private Interruption() {}

    /** Listens from now on. */
    static Interruption listen() {
        Interruption interruption = new Interruption();
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), interruption);
        }
        return interruption;
    }

    @Override
    public void handle(Signal signal) {
        if (asked != null) {
            Runtime.getRuntime().halt(128 + signal.getNumber());
        }
        asked = "SIG" + signal.getName();
    }

    /** Throws if the user asked to stop. */
    void check() {
        if (asked != null) {
            throw new StasisException(new Problem(CliError.INTERRUPTED, "this process", "asked to stop by " + asked, ""));
        }
    }
}
