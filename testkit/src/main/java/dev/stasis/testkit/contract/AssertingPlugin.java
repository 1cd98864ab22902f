package dev.stasis.testkit.contract;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A plugin around another that passes every call on and checks both sides: that the host calls in the order and on the thread
 * that the SPI promises, and that the plugin uses what it gets as the SPI demands. A violation is an {@link AssertionError}
 * that says who did what.
 */
public final class AssertingPlugin implements StasisPlugin {
    private final StasisPlugin plugin;
    private final AssertingCalls calls = new AssertingCalls();
    private final List<FdKind> kinds;
    private final List<PathRemap> pathRemaps;
    private final List<MountRemap> mountRemaps;
    private final List<Substitution> substitutions;
    private final List<DumpHook> dumpHooks;
    private final List<RestoreHook> restoreHooks;

    private AssertingPlugin(StasisPlugin plugin) {
        this.plugin = plugin;
        this.kinds = around(FdKind.class, plugin.fdKinds());
        this.pathRemaps = around(PathRemap.class, plugin.pathRemaps());
        this.mountRemaps = around(MountRemap.class, plugin.mountRemaps());
        this.substitutions = around(Substitution.class, plugin.substitutions());
        this.dumpHooks = around(DumpHook.class, plugin.dumpHooks());
        this.restoreHooks = around(RestoreHook.class, plugin.restoreHooks());
    }

    private <T> List<T> around(Class<T> type, Collection<? extends T> added) {
        List<T> around = new ArrayList<>();
        for (T one : added) {
            around.add(AssertingContribution.of(type, one, calls));
        }
        return around;
    }

    /** One around {@code plugin}. */
    public static AssertingPlugin of(StasisPlugin plugin) {
        return new AssertingPlugin(plugin);
    }

    @Override
    public String id() {
        return plugin.id();
    }

    @Override
    public String version() {
        return plugin.version();
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return kinds;
    }

    @Override
    public Collection<PathRemap> pathRemaps() {
        return pathRemaps;
    }

    @Override
    public Collection<MountRemap> mountRemaps() {
        return mountRemaps;
    }

    @Override
    public Collection<Substitution> substitutions() {
        return substitutions;
    }

    @Override
    public Collection<DumpHook> dumpHooks() {
        return dumpHooks;
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return restoreHooks;
    }

    @Override
    public Collection<PluginOption> options() {
        return plugin.options();
    }

    @Override
    public List<Problem> check() {
        return plugin.check();
    }

    @Override
    public void discard(ImageInput image, Log log) {
        plugin.discard(image, log);
    }
}
