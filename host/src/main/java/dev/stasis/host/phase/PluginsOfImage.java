package dev.stasis.host.phase;

import dev.stasis.host.image.PluginUse;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginVersion;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which plugins an image needs: written when it is made, compared with those present when it is read. */
final class PluginsOfImage {

    private PluginsOfImage() {}

    /** Where the messages of each kind stand in the image. */
    static Map<String, ImageType> imageTypes(PluginRegistry plugins) {
        Map<String, ImageType> types = new HashMap<>();
        for (FdKind kind : plugins.kinds()) {
            types.put(kind.name(), kind.imageType());
        }
        return types;
    }

    /** The plugins whose kinds and remaps {@code records} need, and those that made {@code hookFiles}, by id. */
    static List<PluginUse> used(PluginRegistry plugins, List<FileRecord> records, Map<String, String> hookFiles) {
        Map<String, TreeSet<String>> uses = new TreeMap<>();
        for (Map.Entry<String, String> file : hookFiles.entrySet()) {
            note(uses, file.getValue(), file.getKey());
        }
        String noted = null;
        for (int i = 0; i < records.size(); i++) {
            String kind = records.get(i).kind();
            if (!kind.equals(noted)) { // most follow one of their own kind
                note(uses, plugins, plugins.fdKind(kind).orElseThrow(), kind);
                noted = kind;
            }
            noteRemaps(uses, plugins, records.get(i));
        }
        List<PluginUse> used = new ArrayList<>(uses.size());
        for (Map.Entry<String, TreeSet<String>> use : uses.entrySet()) {
            StasisPlugin plugin = plugins.plugin(use.getKey()).orElseThrow();
            used.add(new PluginUse(use.getKey(), plugins.versionOf(plugin), List.copyOf(use.getValue())));
        }
        return used;
    }

    private static void noteRemaps(Map<String, TreeSet<String>> uses, PluginRegistry plugins, FileRecord record) {
        if (record.location() != null && record.location().pathRemap().isPresent()) {
            notePathRemap(uses, plugins, record.location().pathRemap().get().remap());
        }
        if (record.location() != null && record.location().mountRemap().isPresent()) {
            noteMountRemap(uses, plugins, record.location().mountRemap().get().remap());
        }
    }

    private static void notePathRemap(Map<String, TreeSet<String>> uses, PluginRegistry plugins, String name) {
        for (PathRemap remap : plugins.pathRemaps()) {
            if (remap.name().equals(name)) {
                note(uses, plugins, remap, name);
            }
        }
    }

    private static void noteMountRemap(Map<String, TreeSet<String>> uses, PluginRegistry plugins, String name) {
        for (MountRemap remap : plugins.mountRemaps()) {
            if (remap.name().equals(name)) {
                note(uses, plugins, remap, name);
            }
        }
    }

    private static void note(Map<String, TreeSet<String>> uses, PluginRegistry plugins, Object contribution, String name) {
        note(uses, plugins.idOf(plugins.ownerOf(contribution)), name);
    }

    private static void note(Map<String, TreeSet<String>> uses, String id, String name) {
        TreeSet<String> names = uses.get(id);
        if (names == null) {
            names = new TreeSet<>();
            uses.put(id, names);
        }
        names.add(name);
    }

    /** A problem for each plugin that {@code needed} names and that is missing, or does not read what it wrote then. */
    static List<Problem> missing(PluginRegistry plugins, List<PluginUse> needed) {
        List<Problem> problems = new ArrayList<>();
        for (PluginUse use : needed) {
            Optional<StasisPlugin> present = plugins.plugin(use.id());
            if (present.isEmpty()) {
                Problem why = plugins.missing(use.id());
                problems.add(new Problem(why.code(), why.subject(), needs(use) + ", but " + why.reason(), why.help()));
            } else if (!PluginVersion.reads(plugins.versionOf(present.get()), use.version())) {
                problems.add(new Problem(PhaseError.PLUGIN_TOO_OLD, "plugin " + use.id() + " in "
                        + plugins.originOf(present.get()), needs(use) + ", but here is " + plugins.versionOf(present.get()),
                        "install version " + use.version() + " or a newer one of the same major version"));
            }
        }
        return problems;
    }

    private static String needs(PluginUse use) {
        return "the image needs it in version [" + use.version() + "," + (PluginVersion.major(use.version()) + 1) + ") for "
                + String.join(", ", use.uses());
    }
}
