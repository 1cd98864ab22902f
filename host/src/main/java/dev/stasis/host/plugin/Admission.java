package dev.stasis.host.plugin;

import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which of the loaded plugins can be used together.
 *
 * <p>Nobody can tell which of several plugins with one id is meant, so none of them is used. When two plugins use one name
 * for what they add, the one that came first keeps it and the other is not used: a plugin that is added to a working set
 * never takes anything away from it.
 */
final class Admission {
    private final List<Contribution> admitted = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();
    private final Map<String, Contribution> ownerOfName = new HashMap<>();

    private Admission() {}

    /** Looks at {@code loaded} in order; those with {@code disabled} ids are not used. */
    static Admission of(List<LoadedPlugin> loaded, Set<String> disabled) {
        Admission admission = new Admission();
        List<Contribution> asked = admission.ask(loaded);
        for (Contribution contribution : asked) {
            Contribution twin = admission.twinOf(contribution, asked);
            if (disabled.contains(contribution.id())) {
                admission.rejected.add(contribution.reject(PluginErrorCode.PLUGIN_DISABLED, "it is disabled",
                        "stasis plugins enable " + contribution.id()));
            } else if (twin != null) {
                admission.rejected.add(contribution.reject(PluginErrorCode.PLUGIN_ID_TAKEN,
                        "the plugin in " + twin.loaded().origin() + " has the same id", "remove one of the two"));
            } else {
                admission.admit(contribution);
            }
        }
        return admission;
    }

    private List<Contribution> ask(List<LoadedPlugin> loaded) {
        List<Contribution> asked = new ArrayList<>();
        for (LoadedPlugin plugin : loaded) {
            try {
                Contribution contribution = Contribution.of(plugin);
                String fault = contribution.fault();
                if (fault.isEmpty()) {
                    asked.add(contribution);
                } else {
                    rejected.add(contribution.reject(PluginErrorCode.PLUGIN_MALFORMED, fault, "tell its authors"));
                }
            } catch (RuntimeException | LinkageError failure) {
                rejected.add(failed(plugin, failure));
            }
        }
        return asked;
    }

    private Contribution twinOf(Contribution contribution, List<Contribution> all) {
        for (Contribution other : all) {
            if (other != contribution && other.id().equals(contribution.id())) {
                return other;
            }
        }
        return null;
    }

    private void admit(Contribution contribution) {
        List<String> names = contribution.uniqueNames();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Contribution owner = names.indexOf(name) < i ? contribution : ownerOfName.get(name);
            if (owner != null) {
                rejected.add(contribution.reject(PluginErrorCode.PLUGIN_NAME_TAKEN,
                        "its " + name + " is already that of plugin " + owner.id() + " in " + owner.loaded().origin(),
                        "remove one of the two, or have it use another name"));
                return;
            }
        }
        for (String name : names) {
            ownerOfName.put(name, contribution);
        }
        admitted.add(contribution);
    }

    private static RejectedPlugin failed(LoadedPlugin plugin, Throwable failure) {
        String name = nameOf(plugin);
        return new RejectedPlugin(name, plugin.origin(), new Problem(PluginErrorCode.PLUGIN_FAILED,
                "plugin " + name + " in " + plugin.origin(), "it failed when asked what it adds: " + failure,
                "remove it, or tell its authors"));
    }

    /** Its id, if it can say that much. */
    private static String nameOf(LoadedPlugin plugin) {
        try {
            String id = plugin.plugin().id();
            if (id != null && !id.isEmpty()) {
                return id;
            }
        } catch (RuntimeException | LinkageError failure) {
            // then its class must do
        }
        return plugin.plugin().getClass().getName();
    }

    /** Those that can be used, in the order they came in. */
    List<Contribution> admitted() {
        return admitted;
    }

    /** Those that cannot. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }
}
