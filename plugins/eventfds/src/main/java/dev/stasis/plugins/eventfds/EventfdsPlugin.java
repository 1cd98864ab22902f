package dev.stasis.plugins.eventfds;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps eventfds. */
public final class EventfdsPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "eventfds";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new EventfdKind());
    }
}
