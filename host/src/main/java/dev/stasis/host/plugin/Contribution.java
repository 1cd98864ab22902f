package dev.stasis.host.plugin;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one plugin adds, asked for once so that a plugin which fails or changes its mind later does no harm.
 *
 * @param loaded the plugin
 * @param id its id, never empty
 * @param version its version
 */
record Contribution(LoadedPlugin loaded, String id, String version, List<FdKind> fdKinds, List<PathRemap> pathRemaps,
        List<MountRemap> mountRemaps, List<Substitution> substitutions, List<DumpHook> dumpHooks,
        List<RestoreHook> restoreHooks) {

    Contribution {
        if (id.isEmpty() || version.isEmpty()) {
            throw new IllegalStateException("the plugin has no id or no version");
        }
        fdKinds = List.copyOf(fdKinds);
        pathRemaps = List.copyOf(pathRemaps);
        mountRemaps = List.copyOf(mountRemaps);
        substitutions = List.copyOf(substitutions);
        dumpHooks = List.copyOf(dumpHooks);
        restoreHooks = List.copyOf(restoreHooks);
    }

    /** Asks {@code loaded} for all it adds; whatever it throws comes out. */
    static Contribution of(LoadedPlugin loaded) {
        StasisPlugin plugin = loaded.plugin();
        return new Contribution(loaded, plugin.id(), plugin.version(), new ArrayList<>(plugin.fdKinds()),
                new ArrayList<>(plugin.pathRemaps()), new ArrayList<>(plugin.mountRemaps()),
                new ArrayList<>(plugin.substitutions()), new ArrayList<>(plugin.dumpHooks()),
                new ArrayList<>(plugin.restoreHooks()));
    }

    /** The names that must be unique among all plugins, each with a word for what it names before it. */
    List<String> uniqueNames() {
        List<String> names = new ArrayList<>();
        for (FdKind kind : fdKinds) {
            names.add("kind of file " + Objects.requireNonNull(kind.name()));
        }
        for (PathRemap remap : pathRemaps) {
            names.add("path remap " + Objects.requireNonNull(remap.name()));
        }
        for (MountRemap remap : mountRemaps) {
            names.add("mount remap " + Objects.requireNonNull(remap.name()));
        }
        for (Substitution substitution : substitutions) {
            names.add("substitution " + Objects.requireNonNull(substitution.name()));
        }
        return names;
    }

    /** This plugin as one that cannot be used. */
    RejectedPlugin reject(PluginErrorCode code, String reason, String help) {
        return new RejectedPlugin(id, loaded.origin(), new Problem(code, "plugin " + id + " in " + loaded.origin(), reason, help));
    }
}
