package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** {@code stasis plugins remove}: deletes the file of a plugin that the user installed, usable or not. */
final class PluginRemoval {
    private final Session session;
    private final Path directory;

    /** Will remove from {@code directory} and nowhere else. */
    PluginRemoval(Session session, Path directory) {
        this.session = session;
        this.directory = directory.toAbsolutePath();
    }

    /** Removes the plugin called {@code id}, or the plugin in the file of that name. */
    void run(String id) {
        PluginRegistry registry = session.stasis().registry();
        Set<Path> places = new TreeSet<>();
        registry.plugin(id).ifPresent(plugin -> places.add(path(registry.originOf(plugin))));
        for (RejectedPlugin rejected : registry.rejected()) {
            Path place = path(rejected.origin());
            if (rejected.name().equals(id) || place.getFileName().toString().equals(id) || place.toString().equals(id)) {
                places.add(place);
            }
        }
        if (places.isEmpty()) {
            throw new StasisException(registry.missing(id));
        }
        places.removeIf(place -> places.size() > 1 && !directory.equals(place.getParent()));
        Path place = places.iterator().next();
        if (places.size() > 1) {
            throw refused(id, "it is in " + places, "remove one of these files by its name: stasis plugins remove FILE");
        }
        if (!directory.equals(place.getParent())) {
            throw refused(id, "it is in " + place + ", not among the plugins in " + directory,
                    "stasis plugins disable " + id + ", or name its directory with --plugins-dir");
        }
        delete(place);
        session.console().answer("removed " + place);
    }

    private static Path path(PluginOrigin origin) {
        return Path.of(origin.place());
    }

    private static StasisException refused(String id, String reason, String help) {
        return new StasisException(new Problem(CliError.PLUGIN_UNCHANGED, "plugin " + id, reason, help));
    }

    /** Deletes {@code file}. */
    static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failure) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, file.toString(), "it cannot be deleted: " + failure,
                    "see to its directory"), failure);
        }
    }
}
