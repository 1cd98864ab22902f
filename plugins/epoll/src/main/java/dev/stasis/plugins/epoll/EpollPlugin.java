package dev.stasis.plugins.epoll;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps epoll instances with all their items. */
public final class EpollPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "epoll";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new EpollKind());
    }
}
