package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginErrorCode;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;

/** Shows plugins: what they are, where they came from, what they add. */
final class PluginText {
    private final Console console;
    private final PluginRegistry registry;

    PluginText(Session session) {
        this.console = session.console();
        this.registry = session.stasis().registry();
    }

    /** All of them; returns the exit status, which tells whether all can be used. */
    int list(boolean json) {
        if (json) {
            console.answer(JsonText.plugins(registry));
        } else {
            for (StasisPlugin plugin : registry.plugins()) {
                console.answer(registry.idOf(plugin) + " " + registry.versionOf(plugin));
                what(plugin);
            }
        }
        int status = ExitStatus.DONE;
        for (RejectedPlugin rejected : registry.rejected()) {
            if (rejected.problem().code() != PluginErrorCode.PLUGIN_DISABLED) {
                console.say(rejected.problem().toString());
                status = ExitStatus.FAILED;
            } else if (!json) {
                console.answer(rejected.name() + " disabled");
            }
        }
        return status;
    }

    private void what(StasisPlugin plugin) {
        for (FdKind kind : registry.kinds()) {
            if (registry.ownerOf(kind) == plugin) {
                console.answer("  keeps " + kind.name());
            }
        }
        for (PathRemap remap : registry.pathRemaps()) {
            if (registry.ownerOf(remap) == plugin) {
                console.answer("  finds files again: " + remap.name());
            }
        }
        for (MountRemap remap : registry.mountRemaps()) {
            if (registry.ownerOf(remap) == plugin) {
                console.answer("  finds mounts again: " + remap.name());
            }
        }
        for (Substitution substitution : registry.substitutions()) {
            if (registry.ownerOf(substitution) == plugin) {
                console.answer("  replaces files: " + substitution.name());
            }
        }
        for (PluginOption option : registry.optionsOf(plugin)) {
            console.answer("  --" + option.name() + (option.takesValue() ? "=" + option.valueLabel() : "") + "  "
                    + option.description());
        }
    }

    /** All about the one called {@code id}; returns the exit status. */
    int info(String id) {
        StasisPlugin plugin = registry.plugin(id).orElse(null);
        if (plugin == null) {
            throw new StasisException(registry.missing(id));
        }
        console.answer(id + " " + registry.versionOf(plugin));
        console.answer("  from " + registry.originOf(plugin) + " (" + registry.originOf(plugin).door() + ")");
        what(plugin);
        for (FdKind kind : registry.kinds()) {
            if (registry.ownerOf(kind) == plugin) {
                console.answer("  " + kind.name() + ": image type " + kind.imageType().type() + ", field "
                        + kind.imageType().field() + ", dumped at stage " + kind.dumpStage()
                        + (kind.after().isEmpty() ? "" : " after " + String.join(", ", kind.after())));
            }
        }
        int hooks = hooks(plugin);
        if (hooks > 0) {
            console.answer("  takes part in " + hooks + " stages besides");
        }
        return ExitStatus.DONE;
    }

    private int hooks(StasisPlugin plugin) {
        int count = 0;
        for (Object hook : registry.dumpHooks()) {
            count += registry.ownerOf(hook) == plugin ? 1 : 0;
        }
        for (Object hook : registry.restoreHooks()) {
            count += registry.ownerOf(hook) == plugin ? 1 : 0;
        }
        return count;
    }
}
