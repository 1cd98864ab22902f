package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginErrorCode;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.StasisException;
import java.util.Set;
import java.util.TreeSet;

/** {@code stasis plugins disable} and {@code enable}: whether a plugin that is there is used. */
final class PluginSwitch {
    private final Session session;
    private final DisabledPlugins disabled = new DisabledPlugins(Installation.disabledList());

    PluginSwitch(Session session) {
        this.session = session;
    }

    /** Has {@code id} not used any more. */
    void disable(String id) {
        PluginRegistry registry = session.stasis().registry();
        if (registry.plugin(id).isEmpty() && registry.missing(id).code() == PluginErrorCode.PLUGIN_UNKNOWN) {
            throw new StasisException(registry.missing(id));
        }
        Set<String> ids = new TreeSet<>(disabled.ids());
        session.console().answer(ids.add(id) ? "disabled " + id : id + " was disabled already");
        disabled.set(ids);
    }

    /** Has {@code id} used again. */
    void enable(String id) {
        Set<String> ids = new TreeSet<>(disabled.ids());
        if (ids.remove(id)) {
            disabled.set(ids);
            session.console().answer("enabled " + id);
        } else if (isThere(id)) {
            session.console().answer(id + " was not disabled");
        } else {
            throw new StasisException(session.stasis().registry().missing(id));
        }
    }

    private boolean isThere(String id) {
        PluginRegistry registry = session.stasis().registry();
        for (RejectedPlugin rejected : registry.rejected()) {
            if (rejected.name().equals(id)) {
                return true;
            }
        }
        return registry.plugin(id).isPresent();
    }
}
