package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Options;
import java.util.List;

/** What plugins may use of a chain while they look at it. */
class ChainClaimContext implements ClaimContext {
    private final Chain chain;
    private final Options options;
    private final Log log;

    ChainClaimContext(Chain chain, Options options, Log log) {
        this.chain = chain;
        this.options = options;
        this.log = log;
    }

    @Override
    public List<OpenFile> files() {
        return chain.files();
    }

    @Override
    public Fd descriptor(OpenFile file) {
        return chain.descriptor(file);
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        return chain.own(resource);
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public Log log() {
        return log;
    }
}
