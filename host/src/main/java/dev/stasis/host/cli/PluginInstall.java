package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.PluginVersion;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * {@code stasis plugins install}: puts a jar or zip where plugins are looked for, but only if it can be used together with those
 * that are there. A newer version takes the place of an older one; at no time is there half a file.
 */
final class PluginInstall {
    private final Session session;
    private final Path directory;

    /** Will install into {@code directory}. */
    PluginInstall(Session session, Path directory) {
        this.session = session;
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** Installs {@code file}. */
    void run(String file) {
        PluginCandidate candidate = PluginCandidate.of(session, file);
        Path replaced = replaced(candidate);
        candidate.together().close();
        Path target = directory.resolve(candidate.jar().getFileName());
        if (Files.exists(target) && !target.equals(replaced)) {
            throw refused(target.toString(), "there is another file of that name", "rename the new one, or remove the old one");
        }
        copy(candidate.jar(), target);
        if (replaced != null && !replaced.equals(target)) {
            PluginRemoval.delete(replaced);
        }
        StringBuilder names = new StringBuilder();
        for (Map.Entry<String, String> plugin : candidate.versions().entrySet()) {
            names.append(names.length() == 0 ? "" : ", ").append(plugin.getKey()).append(' ').append(plugin.getValue());
        }
        session.console().answer("installed " + names + " as " + target);
    }

    /** The file that this takes the place of; null when none of its plugins is there yet. */
    private Path replaced(PluginCandidate candidate) {
        PluginRegistry installed = session.stasis().registry();
        Path replaced = null;
        for (Map.Entry<String, String> plugin : candidate.versions().entrySet()) {
            StasisPlugin present = candidate.installed(plugin.getKey());
            if (present != null) {
                replaced = Path.of(installed.originOf(present).place());
                refuseUnlessNewer(plugin, installed.versionOf(present), replaced);
            }
        }
        return replaced;
    }

    private void refuseUnlessNewer(Map.Entry<String, String> plugin, String present, Path place) {
        String subject = "plugin " + plugin.getKey();
        if (!directory.equals(place.getParent())) {
            throw refused(subject, "version " + present + " of it is already in " + place, "two of one id are of no use");
        }
        if (PluginVersion.compare(plugin.getValue(), present) < 0) {
            throw refused(subject, "version " + present + " of it is installed, which is newer than " + plugin.getValue(),
                    "stasis plugins remove " + plugin.getKey() + " first");
        }
    }

    private static void copy(Path jar, Path target) {
        Path fresh = target.resolveSibling("." + target.getFileName() + ".part");
        try {
            Files.createDirectories(target.getParent());
            Files.copy(jar, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, target.toString(), "it cannot be written: " + failure,
                    "see to its directory"), failure);
        }
    }

    private static StasisException refused(String subject, String reason, String help) {
        return new StasisException(new Problem(CliError.PLUGIN_UNCHANGED, subject, reason, help));
    }
}
