package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.Restore;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dumps and restores of a puppet that has a file called {@code scripted} open, with plugins that were not loaded from jars. */
final class PluginRun {
    private final Sandbox sandbox;
    private final RecordingLog log = new RecordingLog();

    PluginRun(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** A puppet with descriptor 3 on the file, let go. */
    Puppet puppet() {
        Puppet puppet = sandbox.puppet();
        puppet.open(sandbox.path("scripted"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.letGo();
        return puppet;
    }

    /** The plugin for regular files and {@code others}. */
    static PluginRegistry with(StasisPlugin... others) {
        List<LoadedPlugin> loaded = new ArrayList<>();
        loaded.add(new LoadedPlugin(new RegularFilesPlugin(), new PluginOrigin("test", "/plugins/regular-files.jar")));
        for (StasisPlugin other : others) {
            loaded.add(new LoadedPlugin(other, new PluginOrigin("test", "/plugins/" + other.id() + ".jar")));
        }
        return PluginRegistry.of(loaded);
    }

    /** Dumps with {@code plugins}, which kills the puppet. */
    Path dump(Puppet puppet, PluginRegistry plugins) {
        Path image = sandbox.path("image");
        new Dump(plugins, DumpRequest.of(puppet.pid(), image), Progress.NONE, log).run();
        puppet.program().awaitEnd();
        return image;
    }

    /** What a dump with {@code plugins} is refused with; the puppet is as it was and there is no image. */
    List<String> refusedDump(Puppet puppet, PluginRegistry plugins) {
        StasisException refusal = catchThrowableOfType(StasisException.class, () -> dump(puppet, plugins));
        assertThat(refusal).as("the refusal").isNotNull();
        assertThat(sandbox.path("image")).doesNotExist();
        Await.until("the puppet waits as before", () -> waits(puppet.program()));
        return texts(refusal);
    }

    /** Restores; the puppet waits again. */
    Program restore(Path image, PluginRegistry plugins, String... options) {
        Pid root = new Restore(plugins, request(image, options), Progress.NONE, log).run().root();
        Program back = sandbox.own(Program.attach(root));
        Await.until("the puppet waits", () -> waits(back));
        return back;
    }

    /** What a restore with {@code plugins} is refused with; no process is left, and the image can be restored all the same. */
    List<String> refusedRestore(Path image, Pid pid, PluginRegistry plugins, String... options) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> new Restore(plugins, request(image, options), Progress.NONE, log).run());
        assertThat(refusal).as("the refusal").isNotNull();
        Await.until("nobody has the pid", () -> !Files.exists(Path.of("/proc", pid.toString())));
        return texts(refusal);
    }

    private static RestoreRequest request(Path image, String... options) {
        Map<String, String> values = new HashMap<>();
        for (String option : options) {
            values.put(option, "");
        }
        return RestoreRequest.of(image).withPluginOptions(values);
    }

    private static boolean waits(Program program) {
        return program.systemCall().equals(Optional.of(SyscallNumber.PAUSE));
    }

    private static List<String> texts(StasisException refusal) {
        return refusal.problems().stream().map(Problem::toString).toList();
    }

    /** The warnings so far. */
    List<String> warnings() {
        return log.lines().stream().filter(line -> line.startsWith("warn")).map(line -> line.substring(6)).toList();
    }

    /** The path of the file. */
    Path file() {
        try {
            return sandbox.path("scripted").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
