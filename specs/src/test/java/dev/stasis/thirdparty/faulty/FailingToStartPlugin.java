package dev.stasis.thirdparty.faulty;

import dev.stasis.spi.StasisPlugin;

/** Cannot be made. */
public final class FailingToStartPlugin implements StasisPlugin {

    /** Fails. */
    public FailingToStartPlugin() {
        throw new IllegalStateException("no mood");
    }

    @Override
    public String id() {
        return "faulty";
    }

    @Override
    public String version() {
        return "1.2.3";
    }
}
