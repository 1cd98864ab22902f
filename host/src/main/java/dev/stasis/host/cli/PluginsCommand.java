package dev.stasis.host.cli;

import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis plugins list}: shows what is loaded and what it knows. */
final class PluginsCommand implements Command {

    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public CommandSpec syntax() {
        CommandSpec spec = Syntax.of("plugins", "Shows the plugins, and the files and options they know.")
                .value("DIR", String.class, "Show the plugins in DIR instead of the installed ones.", Session.PLUGINS_DIR)
                .spec();
        return spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).type(String.class).paramLabel("list")
                .description("List them all.").build());
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        String what = arguments.matchedPositionalValue(0, "");
        if (!what.equals("list")) {
            throw new UsageException("there is no 'stasis plugins " + what + "'");
        }
        session.pluginOptions();
        for (StasisPlugin plugin : session.stasis().plugins()) {
            print(plugin, session.console());
        }
        for (RejectedPlugin rejected : session.stasis().registry().rejected()) {
            session.console().say(rejected.problem().toString());
        }
        return session.stasis().registry().rejected().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static void print(StasisPlugin plugin, Console console) {
        console.answer(plugin.id() + " " + plugin.version());
        for (FdKind kind : plugin.fdKinds()) {
            console.answer("  keeps " + kind.name());
        }
        for (PluginOption option : plugin.options()) {
            console.answer("  --" + option.name() + (option.takesValue() ? "=" + option.valueLabel() : "") + "  "
                    + option.description());
        }
    }
}
