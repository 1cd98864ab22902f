package dev.stasis.host.plugin;

import java.util.ArrayList;
import java.util.List;

/**
 * What a plain jar or zip says of its plugin: in {@code plugin.properties}, or in headers of its manifest.
 *
 * @param id the plugin's id, empty when it is not told
 * @param version its version, empty when it is not told
 * @param requires the versions of the SPI that it is made for, empty when it is not told
 * @param pluginClass a class of PF4J's kind, empty as it should be
 * @param dependencies other plain plugins whose classes it uses, each {@code id}, {@code id@versions} or {@code id?@versions}
 */
record PlainDescriptor(String id, String version, String requires, String pluginClass, List<String> dependencies) {

    PlainDescriptor {
        dependencies = List.copyOf(dependencies);
    }

    /** The descriptor of {@code jar}; all is empty in one without. */
    static PlainDescriptor of(PluginJar jar) {
        return new PlainDescriptor(text(jar, "plugin.id", "Plugin-Id"), text(jar, "plugin.version", "Plugin-Version"),
                text(jar, "plugin.requires", "Plugin-Requires"), text(jar, "plugin.class", "Plugin-Class"),
                list(text(jar, "plugin.dependencies", "Plugin-Dependencies")));
    }

    private static String text(PluginJar jar, String property, String header) {
        String text = jar.properties().isEmpty() ? jar.header(header) : jar.properties().getProperty(property);
        return text == null ? "" : text.strip();
    }

    /** The parts of {@code text} between commas, except those inside of version ranges. */
    private static List<String> list(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        boolean range = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            range = c == '[' || c == '(' || range && c != ']' && c != ')' && i < text.length();
            if (c == ',' && !range) {
                String part = text.substring(start, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                start = i + 1;
            }
        }
        return parts;
    }
}
