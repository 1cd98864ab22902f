package dev.stasis.plugins.signalfds;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps signalfds. */
public final class SignalfdsPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "signalfds";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new SignalfdKind());
    }
}
