package dev.stasis.host.plugin;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What lies in the directories of plugins, sorted by the door it belongs to. Loads nothing. */
final class PluginSearch {
    private final List<PluginJar> bundles = new ArrayList<>();
    private final List<PluginJar> plain = new ArrayList<>();
    private final List<Path> order = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();

    private PluginSearch() {}

    /** Looks into {@code directories}, among which single files may be; an {@link IOException} says that one of them cannot be read. */
    static PluginSearch in(List<Path> directories) throws IOException {
        PluginSearch search = new PluginSearch();
        List<Path> seen = new ArrayList<>();
        for (Path place : directories) {
            for (Path file : filesOf(place)) {
                Path real = file.toRealPath();
                if (!seen.contains(real)) {
                    seen.add(real);
                    search.look(file);
                }
            }
        }
        return search;
    }

    private void look(Path file) {
        order.add(file);
        try {
            sort(PluginJar.read(file));
        } catch (IOException damaged) {
            rejected.add(PluginJar.unread(file).reject(PluginErrorCode.PLUGIN_JAR_UNREADABLE, "it is not a readable "
                    + (PluginJar.isZip(file) ? "zip" : "jar") + ": " + damaged.getMessage(), "copy it anew"));
        }
    }

    /** The jars and zips of directory {@code place}, sorted; {@code place} itself if it is one. */
    static List<Path> filesOf(Path place) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(place.toAbsolutePath());
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place.toAbsolutePath())) {
            for (Path entry : entries) {
                if (entry.toString().endsWith(".jar") || PluginJar.isZip(entry)) {
                    files.add(entry);
                }
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        Collections.sort(files);
        return files;
    }

    private void sort(PluginJar jar) {
        if (jar.isBundle()) {
            bundles.add(jar);
        } else if (jar.hasDescriptor()) {
            plain.add(jar);
        } else {
            rejected.add(jar.reject(PluginErrorCode.PLUGIN_NOT_RECOGNISED, "it has neither a Bundle-SymbolicName nor a Plugin-Id"
                    + " in its manifest, and no plugin.properties, so it is no plugin",
                    "build it as a bundle, or give it a plugin descriptor"));
        }
    }

    /** Those for the door of bundles, in order. */
    List<PluginJar> bundles() {
        return bundles;
    }

    /** Those for the door of plain jars and zips, in order. */
    List<PluginJar> plain() {
        return plain;
    }

    /** What no door would let in. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }

    /** {@code plugins} in the order of directories and file names, whichever door they came through. */
    List<LoadedPlugin> inOrder(List<LoadedPlugin> plugins) {
        List<LoadedPlugin> sorted = new ArrayList<>(plugins.size());
        for (Path file : order) {
            for (LoadedPlugin plugin : plugins) {
                if (plugin.origin().place().equals(file.toString())) {
                    sorted.add(plugin);
                }
            }
        }
        return sorted;
    }
}
