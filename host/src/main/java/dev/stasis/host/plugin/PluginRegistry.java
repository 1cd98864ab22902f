package dev.stasis.host.plugin;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plugins of a run and all they add, whichever door they came through. Immutable; any thread.
 *
 * <p>Order is that in which the plugins came in, and within a plugin its own; so the same installation always gives the
 * same order. A plugin that cannot be used does not end anything by itself: it is listed in {@link #rejected()}, and
 * whoever needs it says so.
 */
public final class PluginRegistry {
    private final List<Contribution> admitted;
    private final List<RejectedPlugin> rejected;
    private final List<Contribution> leftOut;
    private final Map<Object, Contribution> owners = new IdentityHashMap<>();
    private final List<FdKind> kinds = new ArrayList<>();
    private final List<PathRemap> pathRemaps = new ArrayList<>();
    private final List<MountRemap> mountRemaps = new ArrayList<>();
    private final List<Substitution> substitutions = new ArrayList<>();
    private final List<DumpHook> dumpHooks = new ArrayList<>();
    private final List<RestoreHook> restoreHooks = new ArrayList<>();

    private PluginRegistry(List<Contribution> admitted, List<RejectedPlugin> rejected, List<Contribution> leftOut) {
        this.admitted = List.copyOf(admitted);
        this.leftOut = List.copyOf(leftOut);
        this.rejected = List.copyOf(rejected);
        for (Contribution contribution : admitted) {
            own(contribution, List.of(contribution.loaded().plugin()), null);
            own(contribution, contribution.fdKinds(), kinds);
            own(contribution, contribution.pathRemaps(), pathRemaps);
            own(contribution, contribution.mountRemaps(), mountRemaps);
            own(contribution, contribution.substitutions(), substitutions);
            own(contribution, contribution.dumpHooks(), dumpHooks);
            own(contribution, contribution.restoreHooks(), restoreHooks);
        }
    }

    private <T> void own(Contribution owner, List<T> added, List<T> all) {
        for (T one : added) {
            owners.put(one, owner);
        }
        if (all != null) {
            all.addAll(added);
        }
    }

    /** The registry of {@code loaded}: what they add is asked here, once. */
    public static PluginRegistry of(List<LoadedPlugin> loaded) {
        return of(loaded, List.of(), Set.of());
    }

    /**
     * The registry of {@code loaded}, beside which the doors turned {@code turnedAway} away; plugins with {@code disabled} ids
     * are not used.
     */
    public static PluginRegistry of(List<LoadedPlugin> loaded, List<RejectedPlugin> turnedAway, Set<String> disabled) {
        Admission admission = Admission.of(loaded, disabled);
        List<RejectedPlugin> rejected = new ArrayList<>(turnedAway);
        rejected.addAll(admission.rejected());
        return new PluginRegistry(admission.admitted(), rejected, List.of());
    }

    /**
     * The part of this registry that is made of the plugins with {@code ids}.
     *
     * @throws StasisException naming each id that is not there or cannot be used
     */
    public PluginRegistry only(Collection<String> ids) {
        List<Problem> problems = new ArrayList<>();
        for (String id : ids) {
            if (plugin(id).isEmpty()) {
                problems.add(missing(id));
            }
        }
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        List<Contribution> chosen = new ArrayList<>();
        List<Contribution> others = new ArrayList<>(leftOut);
        for (Contribution contribution : admitted) {
            (ids.contains(contribution.id()) ? chosen : others).add(contribution);
        }
        return new PluginRegistry(chosen, rejected, others);
    }

    /** Why there is no usable plugin {@code id}, for whoever needs it. */
    public Problem missing(String id) {
        for (RejectedPlugin plugin : rejected) {
            if (plugin.name().equals(id)) {
                return plugin.problem();
            }
        }
        for (Contribution contribution : leftOut) {
            if (contribution.id().equals(id)) {
                return new Problem(PluginErrorCode.PLUGIN_UNKNOWN, "plugin " + id + " in " + contribution.loaded().origin(),
                        "it is not among those that were chosen (--plugins)", "choose it as well");
            }
        }
        return new Problem(PluginErrorCode.PLUGIN_UNKNOWN, "plugin " + id, "it is not installed", present());
    }

    private String present() {
        StringBuilder present = new StringBuilder();
        for (Contribution contribution : admitted) {
            present.append(present.length() == 0 ? "present: " : ", ").append(contribution.id()).append(' ')
                    .append(contribution.version());
        }
        if (present.length() == 0) {
            present.append("no plugin is present");
        }
        for (RejectedPlugin plugin : rejected) {
            present.append("; not usable: ").append(plugin.problem());
        }
        return present.toString();
    }

    /** The plugins that can be used. */
    public List<StasisPlugin> plugins() {
        List<StasisPlugin> plugins = new ArrayList<>();
        for (Contribution contribution : admitted) {
            plugins.add(contribution.loaded().plugin());
        }
        return plugins;
    }

    /** The plugins that are there but cannot be used, and why. */
    public List<RejectedPlugin> rejected() {
        return rejected;
    }

    /** The usable plugin called {@code id}. */
    public Optional<StasisPlugin> plugin(String id) {
        for (Contribution contribution : admitted) {
            if (contribution.id().equals(id)) {
                return Optional.of(contribution.loaded().plugin());
            }
        }
        return Optional.empty();
    }

    /** Where {@code plugin} came from. */
    public PluginOrigin originOf(StasisPlugin plugin) {
        return owner(plugin).loaded().origin();
    }

    /** The id of {@code plugin}, as it told it when it was loaded. */
    public String idOf(StasisPlugin plugin) {
        return owner(plugin).id();
    }

    /** The version of {@code plugin}, as it told it when it was loaded. */
    public String versionOf(StasisPlugin plugin) {
        return owner(plugin).version();
    }

    /** The options that {@code plugin} understands. */
    public List<PluginOption> optionsOf(StasisPlugin plugin) {
        return owner(plugin).options();
    }

    /** All kinds of open files. */
    public List<FdKind> kinds() {
        return Collections.unmodifiableList(kinds);
    }

    /** The kind of open file called {@code name}. */
    public Optional<FdKind> fdKind(String name) {
        for (FdKind kind : kinds) {
            if (kind.name().equals(name)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** All ways to find files again whose path does not lead to them. */
    public List<PathRemap> pathRemaps() {
        return Collections.unmodifiableList(pathRemaps);
    }

    /** All ways to find mounts again. */
    public List<MountRemap> mountRemaps() {
        return Collections.unmodifiableList(mountRemaps);
    }

    /** All ways to put live descriptors in the place of files from the image. */
    public List<Substitution> substitutions() {
        return Collections.unmodifiableList(substitutions);
    }

    /** What plugins do at stages of a dump besides their kinds. */
    public List<DumpHook> dumpHooks() {
        return Collections.unmodifiableList(dumpHooks);
    }

    /** What plugins do at stages of a restore besides their kinds. */
    public List<RestoreHook> restoreHooks() {
        return Collections.unmodifiableList(restoreHooks);
    }

    /** The plugin that added {@code kind}. */
    public StasisPlugin ownerOf(FdKind kind) {
        return owner(kind).loaded().plugin();
    }

    /**
     * The plugin that added {@code contribution}: a remap, a substitution, a hook or a kind.
     *
     * @throws IllegalArgumentException if no plugin of this registry did
     */
    public StasisPlugin ownerOf(Object contribution) {
        return owner(contribution).loaded().plugin();
    }

    private Contribution owner(Object contribution) {
        Contribution owner = owners.get(contribution);
        if (owner == null) {
            throw new IllegalArgumentException("no plugin of this registry added " + contribution);
        }
        return owner;
    }
}
