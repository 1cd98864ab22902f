package dev.stasis.host.phase;

import dev.stasis.host.files.PluginOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is asked of a restore.
 *
 * @param directory where the image is
 * @param afterwards whether the tree runs or stays stopped (as by SIGSTOP) when it is back
 * @param parentEnds whether this process, the parent of the root from then on, ends as soon as the tree runs
 * @param newPidNamespace whether the tree comes back in a new pid namespace, with its numbers as seen from inside
 * @param sibling whether the root comes back as a child of this process's parent rather than of this process
 * @param pluginOptions values of plugin options, by name, in the order given; an option without a value has an empty one
 */
public record RestoreRequest(Path directory, Afterwards afterwards, boolean parentEnds, boolean newPidNamespace,
        boolean sibling, Map<String, List<String>> pluginOptions) {

    /** What the tree does when it is back. */
    public enum Afterwards {
        RUN,
        STAY_STOPPED
    }

    public RestoreRequest {
        Objects.requireNonNull(directory);
        Objects.requireNonNull(afterwards);
        if (sibling && newPidNamespace) {
            throw new IllegalArgumentException("the first process of a new pid namespace is a child of this process");
        }
        pluginOptions = Map.copyOf(pluginOptions);
    }

    /** A request of a root that is to be a child of this process. */
    public RestoreRequest(Path directory, Afterwards afterwards, boolean parentEnds, boolean newPidNamespace,
            Map<String, List<String>> pluginOptions) {
        this(directory, afterwards, parentEnds, newPidNamespace, false, pluginOptions);
    }

    /** A request of a parent that stays. */
    public RestoreRequest(Path directory, Afterwards afterwards, Map<String, List<String>> pluginOptions) {
        this(directory, afterwards, false, false, false, pluginOptions);
    }

    /** A request of a tree in the pid namespace of this process. */
    public RestoreRequest(Path directory, Afterwards afterwards, boolean parentEnds, Map<String, List<String>> pluginOptions) {
        this(directory, afterwards, parentEnds, false, false, pluginOptions);
    }

    /** The same in a new pid namespace. */
    public RestoreRequest inNewPidNamespace() {
        return new RestoreRequest(directory, afterwards, parentEnds, true, sibling, pluginOptions);
    }

    /** The same with the root as a child of this process's parent. */
    public RestoreRequest asSibling() {
        return new RestoreRequest(directory, afterwards, false, newPidNamespace, true, pluginOptions);
    }

    /** Asks for the usual: the tree runs. */
    public static RestoreRequest of(Path directory) {
        return new RestoreRequest(directory, Afterwards.RUN, Map.of());
    }

    /** The same with other plugin options, each given once. */
    public RestoreRequest withPluginOptions(Map<String, String> options) {
        return new RestoreRequest(directory, afterwards, parentEnds, newPidNamespace, sibling, PluginOptions.ofSingle(options).values());
    }

    /** The same with other plugin options, each with all values that were given. */
    public RestoreRequest withAllPluginOptions(Map<String, List<String>> options) {
        return new RestoreRequest(directory, afterwards, parentEnds, newPidNamespace, sibling, options);
    }
}
