package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plugin around another that passes every call on and checks both sides: that the host calls in the order and on the thread
 * that the SPI promises, and that the plugin uses what it gets as the SPI demands. A violation is an {@link AssertionError}
 * that says who did what.
 */
public final class AssertingPlugin implements StasisPlugin {
    private final StasisPlugin plugin;
    private final AssertingCalls calls = new AssertingCalls();
    private final List<FdKind> kinds = new ArrayList<>();
    private final List<PathRemap> pathRemaps = new ArrayList<>();
    private final List<MountRemap> mountRemaps = new ArrayList<>();
    private final List<Substitution> substitutions = new ArrayList<>();
    private final List<DumpHook> dumpHooks = new ArrayList<>();
    private final List<RestoreHook> restoreHooks = new ArrayList<>();

    private AssertingPlugin(StasisPlugin plugin) {
        this.plugin = plugin;
        plugin.fdKinds().forEach(kind -> kinds.add(new AssertingKind(kind, calls)));
        plugin.pathRemaps().forEach(remap -> pathRemaps.add(new Path(remap)));
        plugin.mountRemaps().forEach(remap -> mountRemaps.add(new Mount(remap)));
        plugin.substitutions().forEach(substitution -> substitutions.add(new Replacement(substitution)));
        plugin.dumpHooks().forEach(hook -> dumpHooks.add(new AssertingDumpHook(hook, calls)));
        plugin.restoreHooks().forEach(hook -> restoreHooks.add(new AssertingRestoreHook(hook, calls)));
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

    private final class Path implements PathRemap {
        private final PathRemap remap;

        Path(PathRemap remap) {
            this.remap = remap;
        }

        @Override
        public String name() {
            return remap.name();
        }

        @Override
        public Claim claim(OpenFile file, ClaimContext context) {
            return calls.looking("PathRemap.claim of " + file, context, asserting -> remap.claim(file, asserting));
        }

        @Override
        public byte[] dump(OpenFile file, DumpContext context) {
            return calls.dumping("PathRemap.dump of " + file, context, asserting -> remap.dump(file, asserting));
        }

        @Override
        public List<Problem> plan(FileRecord record, RestoreContext context) {
            calls.planning();
            return calls.restoring("PathRemap.plan of " + record.id(), context, asserting -> remap.plan(record, asserting));
        }

        @Override
        public Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context) {
            return calls.restoring("PathRemap.open of " + record.id(), context,
                    asserting -> remap.open(record, base, path, flags, asserting));
        }
    }

    private final class Mount implements MountRemap {
        private final MountRemap remap;

        Mount(MountRemap remap) {
            this.remap = remap;
        }

        @Override
        public String name() {
            return remap.name();
        }

        @Override
        public Claim claim(OpenFile file, ClaimContext context) {
            return calls.looking("MountRemap.claim of " + file, context, asserting -> remap.claim(file, asserting));
        }

        @Override
        public Optional<Fd> presentRoot(OpenFile file, ClaimContext context) {
            return calls.during("MountRemap.presentRoot of " + file, context, asserting -> remap.presentRoot(file, asserting));
        }

        @Override
        public byte[] dump(OpenFile file, DumpContext context) {
            return calls.dumping("MountRemap.dump of " + file, context, asserting -> remap.dump(file, asserting));
        }

        @Override
        public List<Problem> plan(FileRecord record, RestoreContext context) {
            calls.planning();
            return calls.restoring("MountRemap.plan of " + record.id(), context, asserting -> remap.plan(record, asserting));
        }

        @Override
        public Fd root(FileRecord record, RestoreContext context) {
            return calls.restoring("MountRemap.root of " + record.id(), context, asserting -> remap.root(record, asserting));
        }
    }

    private final class Replacement implements Substitution {
        private final Substitution substitution;

        Replacement(Substitution substitution) {
            this.substitution = substitution;
        }

        @Override
        public String name() {
            return substitution.name();
        }

        @Override
        public Map<OpenFileId, Fd> plan(List<FileRecord> records, List<Problem> problems, RestoreContext context) {
            calls.planning();
            return calls.restoring("Substitution.plan", context, asserting -> substitution.plan(records, problems, asserting));
        }
    }
}
