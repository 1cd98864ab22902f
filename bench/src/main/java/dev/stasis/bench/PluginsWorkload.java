package dev.stasis.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The idle program, with more plugins on the path than it needs: what those cost a run.
 *
 * @param name what it goes by
 * @param count how many
 * @param plain whether they are plain jars; bundles otherwise
 */
record PluginsWorkload(String name, int count, boolean plain) implements Workload {

    @Override
    public List<String> command() {
        return Workloads.IDLE.command();
    }

    @Override
    public List<String> options(Path scratch) {
        Path directory = scratch.resolve(name);
        if (!Files.exists(directory)) {
            try {
                ExtraPlugins.make(Files.createDirectory(directory), count, plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return List.of("--plugins-dir", directory.toString());
    }
}
