package dev.stasis.plugins.inetsockets;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps sockets of IPv4 and IPv6. */
public final class InetSocketsPlugin implements StasisPlugin {
    static final String TCP_CLOSE = "tcp-close";
    static final String SKIP_IN_FLIGHT = "skip-in-flight";
    /** An option that plugin pipes declares. */
    static final String EXTERNAL = "external";

    @Override
    public String id() {
        return "inet-sockets";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new InetSocketKind());
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(
                new PluginOption(TCP_CLOSE, "", "Dump although there are TCP connections: they come back closed."),
                new PluginOption(SKIP_IN_FLIGHT, "", "Dump although connections wait to be accepted, datagrams or errors to be read:"
                        + " they are lost."));
    }
}
