package dev.stasis.host.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis plugins ...}: shows, checks, installs, removes and disables plugins. */
final class PluginsCommand implements Command {

    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public CommandSpec syntax() {
        CommandSpec spec = Syntax.of("plugins", "Shows and changes which plugins there are.").common().spec();
        spec.usageMessage().footer("", "  list           all plugins, with the files and options they know",
                "  info ID        all about one of them",
                "  check [FILE]   whether all of them, or the one in FILE, can be used here",
                "  install FILE   check the jar or zip FILE, then copy it to where your plugins are (or to --plugins-dir)",
                "  remove ID      delete one that was installed there",
                "  disable ID     do not use it any more",
                "  enable ID      use it again", "");
        return spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).type(String.class)
                        .paramLabel("ACTION").description("What to do, see below.").build())
                .addPositional(PositionalParamSpec.builder().index("1").arity("0..1").type(String.class)
                        .paramLabel("ID|FILE").description("With what.").build());
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        session.pluginOptions();
        String action = arguments.matchedPositionalValue(0, "");
        boolean json = arguments.hasMatchedOption("--json");
        switch (action) {
            case "list" -> {
                return new PluginText(session).list(json);
            }
            case "info" -> {
                return new PluginText(session).info(operand(arguments, "info ID"));
            }
            case "check" -> {
                return new PluginChecks(session).run(arguments.matchedPositionalValue(1, ""));
            }
            case "install" -> new PluginInstall(session, target(arguments)).run(operand(arguments, "install FILE"));
            case "remove" -> new PluginRemoval(session, target(arguments)).run(operand(arguments, "remove ID"));
            case "enable" -> new PluginSwitch(session).enable(operand(arguments, "enable ID"));
            case "disable" -> new PluginSwitch(session).disable(operand(arguments, "disable ID"));
            default -> throw new UsageException("there is no 'stasis plugins " + action + "'");
        }
        return ExitStatus.DONE;
    }

    private static String operand(ParseResult arguments, String usage) {
        String operand = arguments.matchedPositionalValue(1, "");
        if (operand.isEmpty()) {
            throw new UsageException("it is 'stasis plugins " + usage + "'");
        }
        return operand;
    }

    private static Path target(ParseResult arguments) {
        List<String> named = arguments.matchedOptionValue(Session.PLUGINS_DIR, List.of());
        return named.isEmpty() ? Installation.userPlugins() : Path.of(named.get(named.size() - 1));
    }
}
