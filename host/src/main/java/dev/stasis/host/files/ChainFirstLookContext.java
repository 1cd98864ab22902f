package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.Options;

/** What plugins may use of the chain of a tree that still runs. */
final class ChainFirstLookContext extends ChainClaimContext implements FirstLookContext {
    private final ImageOutput image;
    private final long begunMillis;

    ChainFirstLookContext(Chain chain, Options options, Log log, ImageOutput image, long begunMillis) {
        super(chain, options, log);
        this.image = image;
        this.begunMillis = begunMillis;
    }

    @Override
    public ImageOutput image() {
        return image;
    }

    @Override
    public long begunMillis() {
        return begunMillis;
    }
}
