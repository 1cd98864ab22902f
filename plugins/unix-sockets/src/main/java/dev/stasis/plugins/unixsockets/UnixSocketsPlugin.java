package dev.stasis.plugins.unixsockets;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps unix domain sockets. */
public final class UnixSocketsPlugin implements StasisPlugin {
    private final RestoredSockets restored = new RestoredSockets();

    @Override
    public String id() {
        return "unix-sockets";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new UnixSocketKind(restored));
    }

    @Override
    public List<Problem> check() {
        return SocketTable.read().isComplete() ? List.of() : List.of(new Problem(UnixSocketsErrorCode.SOCKETS_NOT_LISTED, "this kernel",
                "it does not tell of unix sockets what is needed (CONFIG_UNIX_DIAG)", "load the module unix_diag"));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new KeptFiles(restored));
    }
}
