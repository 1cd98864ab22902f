package dev.stasis.host.cli;

import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the arguments that the tool itself does not know, by the options that its plugins declare. */
final class PluginArguments {
    /** As users of the reference write them. */
    private static final Map<String, String> SHORT = Map.of("-j", "--shell-job");

    private final Map<String, PluginOption> options;

    private PluginArguments(Map<String, PluginOption> options) {
        this.options = options;
    }

    /** By the options of {@code plugins}. */
    static PluginArguments of(List<StasisPlugin> plugins) {
        Map<String, PluginOption> options = new HashMap<>();
        for (StasisPlugin plugin : plugins) {
            for (PluginOption option : plugin.options()) {
                options.put(option.name(), option);
            }
        }
        return new PluginArguments(options);
    }

    /**
     * The values by name of {@code --name}, {@code --name=value} and {@code --name value}, in the order given. Throws
     * {@link UsageException} for anything else.
     */
    Map<String, List<String>> read(List<String> arguments) {
        List<String> left = new ArrayList<>(arguments);
        Map<String, List<String>> values = new HashMap<>();
        while (!left.isEmpty()) {
            String argument = left.remove(0);
            int equals = argument.indexOf('=');
            PluginOption option = find(equals < 0 ? argument : argument.substring(0, equals));
            List<String> given = values.get(option.name());
            if (given == null) {
                given = new ArrayList<>();
                values.put(option.name(), given);
            }
            String value = equals < 0 ? separateValue(option, left) : attachedValue(option, argument, equals);
            check(option, value);
            given.add(value);
        }
        return values;
    }

    private PluginOption find(String given) {
        String argument = SHORT.getOrDefault(given, given);
        if (!argument.startsWith("-")) {
            throw new UsageException("unexpected argument '" + argument + "'");
        }
        PluginOption option = argument.startsWith("--") ? options.get(argument.substring(2)) : null;
        if (option == null) {
            throw new UsageException("unknown option '" + argument + "'; no plugin knows it either");
        }
        return option;
    }

    private static void check(PluginOption option, String value) {
        List<String> choices = option.choices();
        if (!choices.isEmpty() && !choices.contains(value)) {
            throw new UsageException("option '--" + option.name() + "' cannot be '" + value + "'; it can be "
                    + String.join(", ", choices));
        }
    }

    private static String attachedValue(PluginOption option, String argument, int equals) {
        if (!option.takesValue()) {
            throw new UsageException("option '--" + option.name() + "' takes no value");
        }
        return argument.substring(equals + 1);
    }

    private static String separateValue(PluginOption option, List<String> left) {
        if (!option.takesValue()) {
            return "";
        }
        if (left.isEmpty()) {
            throw new UsageException("option '--" + option.name() + "' needs a value: --" + option.name() + "="
                    + option.valueLabel());
        }
        return left.remove(0);
    }
}
