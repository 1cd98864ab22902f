package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginSources;
import dev.stasis.spi.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where things are installed. The launcher says in system property {@code stasis.home} where Stasis is; besides, plugins come
 * from a directory of the machine ({@code stasis.machine.plugins}), one of the user, which lies beside the user's list of
 * disabled plugins ({@code stasis.config}), and those that the command line names.
 */
final class Installation {
    private static final String OF_MACHINE = "/usr/lib/stasis/plugins";
    private static final int OTHERS_MAY_WRITE = 2;

    private Installation() {}

    /**
     * Where the plugins of this run come from, and which it uses, by {@code arguments} before they are properly read. Says in
     * {@code log} which directory it does not use.
     */
    static PluginSources sources(List<String> arguments, Log log) {
        List<String> named = values(arguments, Session.PLUGINS_DIR);
        List<Path> directories = new ArrayList<>();
        Path own = ownPlugins();
        // Without a launcher there is nothing to say where Stasis is; then what the command line names must do.
        if (System.getProperty("stasis.home") != null || named.isEmpty() || Files.isDirectory(own)) {
            directories.add(own);
        }
        addTrusted(Path.of(System.getProperty("stasis.machine.plugins", OF_MACHINE)), directories, log);
        addTrusted(userPlugins(), directories, log);
        for (String directory : named) {
            directories.add(Path.of(directory));
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String ids : values(arguments, Session.PLUGINS)) {
            addIds(ids, chosen);
        }
        return new PluginSources(directories, new DisabledPlugins(disabledList()).ids(), chosen);
    }

    private static void addIds(String ids, Set<String> to) {
        for (String id : ids.split(",")) {
            if (!id.isBlank()) {
                to.add(id.strip());
            }
        }
    }

    /** Code of others must not run with the rights of whoever calls: a directory that they could write to is left out. */
    private static void addTrusted(Path directory, List<Path> to, Log log) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Map<String, Object> status = Files.readAttributes(directory, "unix:uid,mode");
            int owner = (Integer) status.get("uid");
            int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (owner != 0 && owner != self) {
                log.warn("the plugins in " + directory + " are not used: it belongs to user " + owner);
            } else if (((Integer) status.get("mode") & OTHERS_MAY_WRITE) != 0) {
                log.warn("the plugins in " + directory + " are not used: everybody may write to it (chmod o-w)");
            } else {
                to.add(directory);
            }
        } catch (IOException unreadable) {
            log.warn("the plugins in " + directory + " are not used: " + unreadable);
        }
    }

    /** The values of {@code option} among {@code arguments}. */
    static List<String> values(List<String> arguments, String option) {
        String prefix = option + "=";
        List<String> values = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(prefix)) {
                values.add(argument.substring(prefix.length()));
            } else if (argument.equals(option) && i + 1 < arguments.size()) {
                values.add(arguments.get(++i));
            }
        }
        return values;
    }

    /** The plugins that came with Stasis. */
    static Path ownPlugins() {
        return Path.of(System.getProperty("stasis.home", ".")).resolve("plugins");
    }

    /** The plugins that the user installed. */
    static Path userPlugins() {
        return configuration().resolve("plugins");
    }

    /** The list of plugins that the user disabled. */
    static Path disabledList() {
        return configuration().resolve("disabled-plugins");
    }

    private static Path configuration() {
        String told = System.getProperty("stasis.config");
        if (told != null) {
            return Path.of(told);
        }
        String configured = System.getenv("XDG_CONFIG_HOME");
        if (configured != null && configured.startsWith("/")) {
            return Path.of(configured, "stasis");
        }
        String home = System.getenv("HOME");
        return Path.of(home != null && home.startsWith("/") ? home : System.getProperty("user.home"), ".config", "stasis");
    }
}
