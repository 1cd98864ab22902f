package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.PluginSources;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A jar or zip that may become one of the installed plugins. */
final class PluginCandidate {
    private final Session session;
    private final Path jar;
    private final Map<String, String> versions = new LinkedHashMap<>();

    private PluginCandidate(Session session, Path jar) {
        this.session = session;
        this.jar = jar;
    }

    /** The one in {@code file}. */
    static PluginCandidate of(Session session, String file) {
        Path jar = Path.of(file).toAbsolutePath().normalize();
        if (!Files.isRegularFile(jar) || !file.endsWith(".jar") && !file.endsWith(".zip")) {
            throw new StasisException(new Problem(CliError.PLUGIN_UNCHANGED, jar.toString(),
                    Files.exists(jar) ? "it is named neither like a jar nor like a zip" : "there is no such file",
                    "give the jar or zip of a plugin"));
        }
        PluginCandidate candidate = new PluginCandidate(session, jar);
        try (PluginRuntime alone = PluginRuntime.start(PluginSources.of(jar), session.log())) {
            PluginRegistry registry = alone.registry();
            for (StasisPlugin plugin : registry.plugins()) {
                candidate.versions.put(registry.idOf(plugin), registry.versionOf(plugin));
            }
        }
        return candidate;
    }

    /** The file. */
    Path jar() {
        return jar;
    }

    /** The versions of its plugins by their ids, as far as they can be used without any other. */
    Map<String, String> versions() {
        return versions;
    }

    /** The installed plugin called {@code id}, which this would take the place of; null when there is none. */
    StasisPlugin installed(String id) {
        return session.stasis().registry().plugin(id).orElse(null);
    }

    /** The registry of all that is installed, this besides, and its predecessors left out. Refused with what is wrong with this. */
    PluginRuntime together() {
        PluginRegistry installed = session.stasis().registry();
        Set<Path> predecessors = new HashSet<>();
        for (String id : versions.keySet()) {
            StasisPlugin present = installed(id);
            if (present != null) {
                predecessors.add(Path.of(installed.originOf(present).place()));
            }
        }
        List<Path> files = new ArrayList<>(session.sources().files());
        files.removeAll(predecessors);
        files.remove(jar);
        files.add(jar);
        PluginRuntime together = PluginRuntime.start(new PluginSources(files, Set.of(), Set.of()), session.log());
        List<Problem> problems = problems(together.registry());
        if (!problems.isEmpty()) {
            together.close();
            throw new StasisException(problems);
        }
        return together;
    }

    private List<Problem> problems(PluginRegistry registry) {
        List<Problem> problems = new ArrayList<>();
        for (RejectedPlugin rejected : registry.rejected()) {
            if (rejected.origin().place().equals(jar.toString())) {
                problems.add(rejected.problem());
            }
        }
        return problems;
    }
}
