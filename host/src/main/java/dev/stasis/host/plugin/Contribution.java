package dev.stasis.host.plugin;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one plugin adds, asked for once so that a plugin which fails or changes its mind later does no harm.
 *
 * @param loaded the plugin
 * @param id its id, never empty
 * @param version its version
 */
record Contribution(LoadedPlugin loaded, String id, String version, List<FdKind> fdKinds, List<PathRemap> pathRemaps,
        List<MountRemap> mountRemaps, List<Substitution> substitutions, List<DumpHook> dumpHooks,
        List<RestoreHook> restoreHooks, List<PluginOption> options) {

    private static final int RESERVED_FIELDS = 2;
    private static final int MOST_FIELDS = (1 << 29) - 1;
    private static final int VERSION_NUMBERS = 3;
    private static final int MOST_DIGITS = 9;

    Contribution {
        if (id.isEmpty() || version.isEmpty()) {
            throw new IllegalStateException("the plugin has no id or no version");
        }
        fdKinds = List.copyOf(fdKinds);
        pathRemaps = List.copyOf(pathRemaps);
        mountRemaps = List.copyOf(mountRemaps);
        substitutions = List.copyOf(substitutions);
        dumpHooks = List.copyOf(dumpHooks);
        restoreHooks = List.copyOf(restoreHooks);
        options = List.copyOf(options);
    }

    /** Asks {@code loaded} for all it adds; whatever it throws comes out. */
    static Contribution of(LoadedPlugin loaded) {
        StasisPlugin plugin = loaded.plugin();
        return new Contribution(loaded, plugin.id(), plugin.version(), new ArrayList<>(plugin.fdKinds()),
                new ArrayList<>(plugin.pathRemaps()), new ArrayList<>(plugin.mountRemaps()),
                new ArrayList<>(plugin.substitutions()), new ArrayList<>(plugin.dumpHooks()),
                new ArrayList<>(plugin.restoreHooks()), new ArrayList<>(plugin.options()));
    }

    /** The names that must be unique among all plugins, each with a word for what it names before it. */
    List<String> uniqueNames() {
        List<String> names = new ArrayList<>();
        for (FdKind kind : fdKinds) {
            names.add("kind of file " + Objects.requireNonNull(kind.name()));
        }
        for (PathRemap remap : pathRemaps) {
            names.add("path remap " + Objects.requireNonNull(remap.name()));
        }
        for (MountRemap remap : mountRemaps) {
            names.add("mount remap " + Objects.requireNonNull(remap.name()));
        }
        for (Substitution substitution : substitutions) {
            names.add("substitution " + Objects.requireNonNull(substitution.name()));
        }
        for (PluginOption option : options) {
            names.add("option --" + option.name());
        }
        return names;
    }

    /** What is wrong with what it says of itself and of what it adds; empty when nothing is. */
    String fault() {
        uniqueNames();
        if (!isId(id)) {
            return "its id '" + id + "' has other characters than letters, digits, dots, dashes and underscores";
        }
        if (!isVersion(version)) {
            return "its version '" + version + "' does not begin with three numbers with dots between";
        }
        for (FdKind kind : fdKinds) {
            int field = kind.imageType().field();
            Objects.requireNonNull(kind.after());
            if (field <= RESERVED_FIELDS || field > MOST_FIELDS || field == ImageType.FIRST_OF_THIRD_PARTIES
                    || kind.imageType().type() < 0) {
                return "its kind of file " + kind.name() + " has image type " + kind.imageType().type() + " in field " + field
                        + ", which no kind can have (third parties: types from 1000, fields from 1001)";
            }
            if (kind.dumpStage() != DumpStage.FILES && kind.dumpStage() != DumpStage.LATE) {
                return "its kind of file " + kind.name() + " wants to be dumped at stage " + kind.dumpStage()
                        + ", but files are at FILES or LATE";
            }
        }
        return "";
    }

    private static boolean isId(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static boolean isVersion(String text) {
        int numbers = 0;
        int at = 0;
        while (numbers < VERSION_NUMBERS) {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == start || at - start > MOST_DIGITS) {
                return false;
            }
            numbers++;
            if (numbers < VERSION_NUMBERS && (at == text.length() || text.charAt(at++) != '.')) {
                return false;
            }
        }
        return true;
    }

    /** This plugin as one that cannot be used. */
    RejectedPlugin reject(PluginErrorCode code, String reason, String help) {
        return new RejectedPlugin(id, loaded.origin(), new Problem(code, "plugin " + id + " in " + loaded.origin(), reason, help));
    }
}
