package dev.stasis.host.cli;

import dev.stasis.host.image.ImageRemoval;
import dev.stasis.host.phase.Discard;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis images}: removes an image with all that it keeps elsewhere. */
final class ImagesCommand implements Command {

    @Override
    public String name() {
        return "images";
    }

    @Override
    public CommandSpec syntax() {
        CommandSpec spec = Syntax.of("images", "Removes images.").common().spec();
        spec.usageMessage().footer("", "  rm DIR    remove the image in DIR, also one that a killed dump left, and what it keeps elsewhere", "");
        return spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).type(String.class)
                        .paramLabel("ACTION").description("What to do, see below.").build())
                .addPositional(PositionalParamSpec.builder().index("1").arity("1").required(true).type(String.class)
                        .paramLabel("DIR").description("The directory that a dump made.").build());
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        String action = arguments.matchedPositionalValue(0, "");
        if (!action.equals("rm")) {
            throw new UsageException("there is no 'stasis images " + action + "'");
        }
        session.pluginOptions();
        String directory = arguments.matchedPositionalValue(1, "");
        boolean gone = remove(Path.of(directory), session);
        session.log().flush();
        session.console().answer(arguments.hasMatchedOption("--json") ? JsonText.done("images")
                : "removed the image in " + directory + (gone ? "" : "; other files are in that directory"));
        return ExitStatus.DONE;
    }

    private static boolean remove(Path directory, Session session) {
        PluginRegistry plugins = session.stasis().registry();
        try (ImageRemoval image = ImageRemoval.of(directory)) {
            requirePlugins(image, plugins, directory);
            Discard.run(plugins, image, session.log());
            return image.remove();
        }
    }

    private static void requirePlugins(ImageRemoval image, PluginRegistry plugins, Path directory) {
        List<String> prefixes = new ArrayList<>();
        for (StasisPlugin plugin : plugins.plugins()) {
            prefixes.add("stasis-" + plugins.ownerOf(plugin).id() + "-");
        }
        List<String> unknown = image.filesOfOthers(prefixes);
        if (!unknown.isEmpty()) {
            throw new StasisException(new Problem(CliError.PLUGIN_OF_IMAGE_MISSING, directory + "/" + unknown.get(0),
                    "no loaded plugin made it, so that nobody knows what it keeps elsewhere", "load the plugin that made it"));
        }
    }
}
