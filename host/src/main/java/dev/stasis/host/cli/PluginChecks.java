package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginErrorCode;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.List;

/** {@code stasis plugins check}: whether plugins can be used together, and whether the machine has what they need. */
final class PluginChecks {
    private final Session session;
    private final List<Problem> problems = new ArrayList<>();

    PluginChecks(Session session) {
        this.session = session;
    }

    /** Checks all plugins, or the one in {@code file} if that is not empty, beside those installed; returns the exit status. */
    int run(String file) {
        if (file.isEmpty()) {
            PluginRegistry registry = session.stasis().registry();
            for (StasisPlugin plugin : registry.plugins()) {
                check(registry, plugin);
            }
            for (RejectedPlugin rejected : registry.rejected()) {
                if (rejected.problem().code() != PluginErrorCode.PLUGIN_DISABLED) {
                    problems.add(rejected.problem());
                }
            }
        } else {
            PluginCandidate candidate = PluginCandidate.of(session, file);
            try (PluginRuntime together = candidate.together()) {
                for (String id : candidate.versions().keySet()) {
                    together.registry().plugin(id).ifPresent(plugin -> check(together.registry(), plugin));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        session.console().answer("Looks good.");
        return ExitStatus.DONE;
    }

    private void check(PluginRegistry registry, StasisPlugin plugin) {
        List<Problem> lacking = lacking(registry, plugin);
        problems.addAll(lacking);
        if (lacking.isEmpty()) {
            session.console().answer("ok " + registry.idOf(plugin) + " " + registry.versionOf(plugin) + " "
                    + registry.originOf(plugin));
        }
    }

    private static List<Problem> lacking(PluginRegistry registry, StasisPlugin plugin) {
        try {
            return plugin.check();
        } catch (RuntimeException | LinkageError failure) {
            return List.of(new Problem(PluginErrorCode.PLUGIN_FAILED, "plugin " + registry.idOf(plugin) + " in "
                    + registry.originOf(plugin), "it failed to say what it needs: " + failure, "tell its authors"));
        }
    }
}
