package dev.stasis.plugins.memfds;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps memfds. */
public final class MemfdsPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "memfds";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new MemfdKind());
    }
}
