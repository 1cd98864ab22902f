package dev.stasis.host.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the plugins of a run come from, and which of them it uses.
 *
 * @param directories where their jars lie, or single jars; all of them must exist, and are looked into in this order
 * @param disabled ids of plugins that are not used
 * @param chosen ids of the only plugins that are used; empty for all
 * @param inFramework whether bundles are loaded by the OSGi framework also if none of them needs it
 */
public record PluginSources(List<Path> directories, Set<String> disabled, Set<String> chosen, boolean inFramework) {
    public PluginSources {
        directories = List.copyOf(directories);
        disabled = Set.copyOf(disabled);
        chosen = new LinkedHashSet<>(chosen);
    }

    /** All plugins of {@code directories} but {@code disabled} ones, or only the {@code chosen} ones of them if there are any. */
    public PluginSources(List<Path> directories, Set<String> disabled, Set<String> chosen) {
        this(directories, disabled, chosen, false);
    }

    /** All plugins of {@code directory}. */
    public static PluginSources of(Path directory) {
        return new PluginSources(List.of(directory), Set.of(), Set.of());
    }

    /** The same, but of the plugins only those called {@code ids}. */
    public PluginSources only(Set<String> ids) {
        return new PluginSources(directories, disabled, ids, inFramework);
    }

    /** The same, but bundles are loaded by the OSGi framework also if none of them needs it: it may be asked for all of them. */
    public PluginSources withFramework() {
        return new PluginSources(directories, disabled, chosen, true);
    }

    /** All jars and zips that are looked at, in order. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path place : directories) {
            try {
                files.addAll(PluginSearch.filesOf(place));
            } catch (IOException unreadable) {
                throw PluginRuntime.unreadable(this, unreadable);
            }
        }
        return files;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Path directory : directories) {
            text.append(text.length() == 0 ? "" : ", ").append(directory);
        }
        return text.toString();
    }
}
