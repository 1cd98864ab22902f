package dev.stasis.host.cli;

import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.PluginSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code stasis train}: loads the classes that a dump and a restore load, by doing both to a small program, for the launcher
 * to make its archive from. Not in the help text. Without the privileges for the real thing it loads what it can.
 */
final class TrainCommand implements Command {
    private static final int LOADS_ALL_OF_ITS_ARCHIVE = 24;

    @Override
    public String name() {
        return "train";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("train", "Loads what a dump and a restore load, for the class-data archive.").common().spec();
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public boolean changesTrees() {
        return true; // one of its own; and the commands that it runs count on that
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        try (TemporaryDirectory directory = TemporaryDirectory.create("stasis-train");
                CountingProgram program = CountingProgram.start(directory.path().resolve("numbers"))) {
            // Newer Javas load all that is in their archive at every start: then what few runs need must not be in it.
            if (Runtime.version().feature() < LOADS_ALL_OF_ITS_ARCHIVE) {
                loadBesides(directory.path().resolve("plain.jar"), session);
            }
            dumpAndRestore(program, directory.path(), session);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return ExitStatus.DONE;
    }

    /** What runs with plain plugins, or with bundles that need the framework, load besides; the jar has only a descriptor in it. */
    private static void loadBesides(Path jar, Session session) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Plugin-Id", "train");
        manifest.getMainAttributes().putValue("Plugin-Version", "1.0.0");
        manifest.getMainAttributes().putValue("Plugin-Requires", "[1.0,2)");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        PluginRuntime.start(PluginSources.of(jar), session.log()).close();
        PluginRuntime.start(session.sources().withFramework(), session.log()).close();
    }

    /** By the commands themselves, so that their classes are among those loaded. */
    private static void dumpAndRestore(CountingProgram program, Path directory, Session session)
            throws IOException, InterruptedException {
        program.await(0, 1);
        String pid = program.pid().toString();
        String image = directory.resolve("image").toString();
        run(new DumpCommand(), session, "-t", pid, "-D", directory.resolve("image-of-a-running-one").toString(), "-R", "--json");
        if (Runtime.version().feature() < LOADS_ALL_OF_ITS_ARCHIVE) {
            Files.delete(directory.resolve("numbers")); // many programs have deleted files, too
        }
        run(new DumpCommand(), session, "-t", pid, "-D", image);
        program.awaitGone();
        run(new RestoreCommand(), session, "-D", image, "-d");
    }

    private static void run(Command command, Session session, String... arguments) {
        command.run(new CommandLine(command.syntax()).parseArgs(arguments), session);
    }
}
