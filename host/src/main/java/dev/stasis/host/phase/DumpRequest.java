package dev.stasis.host.phase;

import dev.stasis.host.files.PluginOptions;
import dev.stasis.linux.Pid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is asked of a dump.
 *
 * @param root the process to dump, with all below it
 * @param directory where the image goes; made when missing, must be empty otherwise
 * @param afterwards what becomes of the tree when the image is sealed
 * @param timeout how long the tree may take to come to a standstill
 * @param pluginOptions values of plugin options, by name, in the order given; an option without a value has an empty one
 */
public record DumpRequest(
        Pid root, Path directory, Afterwards afterwards, Duration timeout, Map<String, List<String>> pluginOptions) {

    /** What becomes of the tree when the image is sealed. */
    public enum Afterwards {
        KILL,
        LEAVE_RUNNING,
        LEAVE_STOPPED
    }

    public DumpRequest {
        Objects.requireNonNull(root);
        Objects.requireNonNull(directory);
        Objects.requireNonNull(afterwards);
        Objects.requireNonNull(timeout);
        pluginOptions = Map.copyOf(pluginOptions);
    }

    /** Asks for the usual: kill afterwards, ten seconds to come to a standstill. */
    public static DumpRequest of(Pid root, Path directory) {
        return new DumpRequest(root, directory, Afterwards.KILL, Duration.ofSeconds(10), Map.of());
    }

    /** The same with another fate for the tree. */
    public DumpRequest then(Afterwards fate) {
        return new DumpRequest(root, directory, fate, timeout, pluginOptions);
    }

    /** The same with other plugin options, each given once. */
    public DumpRequest withPluginOptions(Map<String, String> options) {
        return new DumpRequest(root, directory, afterwards, timeout, PluginOptions.ofSingle(options).values());
    }

    /** The same with other plugin options, each with all values that were given. */
    public DumpRequest withAllPluginOptions(Map<String, List<String>> options) {
        return new DumpRequest(root, directory, afterwards, timeout, options);
    }
}
