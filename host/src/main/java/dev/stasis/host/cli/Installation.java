package dev.stasis.host.cli;

import java.nio.file.Path;
import java.util.List;

/** Where things are installed; the launcher says so in system property {@code stasis.home}. */
final class Installation {
    private Installation() {}

    /** The plugin directory that {@code arguments} name, before they are properly read; the installed one otherwise. */
    static Path pluginDirectory(List<String> arguments) {
        String prefix = Session.PLUGINS_DIR + "=";
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(prefix)) {
                return Path.of(argument.substring(prefix.length()));
            }
            if (argument.equals(Session.PLUGINS_DIR) && i + 1 < arguments.size()) {
                return Path.of(arguments.get(i + 1));
            }
        }
        return Path.of(System.getProperty("stasis.home", ".")).resolve("plugins");
    }
}
