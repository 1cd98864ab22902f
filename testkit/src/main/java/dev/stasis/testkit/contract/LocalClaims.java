package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Options;
import java.util.List;

/** What a plugin may use of files of this process while it looks at them. */
class LocalClaims implements ClaimContext {
    private final LocalFiles files;
    private final List<OpenFile> all;
    private final Options options;
    private final Log log;
    private final OwnedResources owned;

    /** Looks at those that are in {@code files} now. */
    LocalClaims(LocalFiles files, Options options, Log log, OwnedResources owned) {
        this.files = files;
        this.all = files.all();
        this.options = options;
        this.log = log;
        this.owned = owned;
    }

    /** Another one for the same dump. */
    LocalClaims(LocalClaims other) {
        this.files = other.files;
        this.all = other.all;
        this.options = other.options;
        this.log = other.log;
        this.owned = other.owned;
    }

    @Override
    public List<OpenFile> files() {
        return all;
    }

    @Override
    public Fd descriptor(OpenFile file) {
        return files.descriptor(file);
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        return owned.add(resource);
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
