package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.RemoteCallsSource;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;

/**
 * What plugins take from a frozen tree, such as the events of a queue that can only be read by emptying it. A tree that runs
 * on gets it back, whether the dump was done or failed; closing this sees to the failures.
 */
final class Loan implements AutoCloseable {
    private final FilesDump files;
    private final ImageOutput image;
    private final RemoteCallsSource remoteCalls;
    private final Log log;
    private boolean taken;

    Loan(FilesDump files, ImageOutput image, RemoteCallsSource remoteCalls, Log log) {
        this.files = files;
        this.image = image;
        this.remoteCalls = remoteCalls;
        this.log = log;
    }

    /** Lets plugins take it: first those that must be before anything is touched. */
    void take() {
        taken = true;
        files.hooks(DumpStage.FREEZE, image, remoteCalls);
        files.hooks(DumpStage.COLLECT, image, remoteCalls);
    }

    /** The tree is to be killed: there is nobody to give it back to. */
    void keep() {
        taken = false;
    }

    /** Lets plugins give it back; the second time does nothing. */
    void giveBack() {
        if (taken) {
            taken = false;
            files.hooks(DumpStage.RELEASE, image, remoteCalls);
        }
    }

    @Override
    public void close() {
        try {
            giveBack();
        } catch (RuntimeException e) {
            log.warn("what was taken from the tree could not be given back: " + e.getMessage());
        }
    }
}
