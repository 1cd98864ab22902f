package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.Restore;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Pid;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every plugin must do that keeps something of a tree beside its files by hooks, such as locks: inherit, have a puppet come
 * to have what the plugin keeps, say how it looks, and run, as root. A puppet is dumped and restored by the real host, with the
 * plugin inside of {@link AssertingPlugin} and the other plugins of the class path beside it.
 */
@ExtendWith(SandboxExtension.class)
public abstract class HookContract {
    private final RecordingLog log = new RecordingLog();

    /** What a dump ends with that is made to fail. */
    private enum Sabotage implements ErrorCode {
        SABOTAGE;

        @Override
        public ErrorType type() {
            return ErrorType.INTERNAL;
        }
    }

    /** A new instance of the plugin. */
    protected abstract StasisPlugin plugin();

    /** Has {@code puppet}, which lets go afterwards, come to have what the plugin keeps, of files in {@code directory} if need be. */
    protected abstract void prepare(Puppet puppet, Path directory);

    /** As text, all that must come back of what {@code task} has, of files in {@code directory}; must not change it. */
    protected abstract String state(Pid task, Path directory);

    private static PluginRegistry with(StasisPlugin... tested) {
        List<LoadedPlugin> loaded = new ArrayList<>();
        for (StasisPlugin one : tested) {
            loaded.add(new LoadedPlugin(AssertingPlugin.of(one), new PluginOrigin("test", one.id())));
        }
        return PluginRegistry.of(loaded);
    }

    /** The plugin, those of the class path, and {@code more}. */
    private PluginRegistry plugins(StasisPlugin... more) {
        List<StasisPlugin> all = new ArrayList<>(others());
        all.add(plugin());
        all.addAll(List.of(more));
        return with(all.toArray(new StasisPlugin[0]));
    }

    private List<StasisPlugin> others() {
        List<StasisPlugin> others = new ArrayList<>();
        for (StasisPlugin one : ServiceLoader.load(StasisPlugin.class)) {
            if (!one.id().equals(plugin().id())) {
                others.add(one);
            }
        }
        return others;
    }

    private Puppet prepared(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        prepare(puppet, sandbox.directory());
        puppet.letGo();
        assertThat(state(puppet.pid(), sandbox.directory())).as("the state of the puppet").isNotBlank();
        return puppet;
    }

    private Path dump(Puppet puppet, Sandbox sandbox, Afterwards afterwards, PluginRegistry plugins) {
        Path image = sandbox.path("image");
        new Dump(plugins, DumpRequest.of(puppet.pid(), image).then(afterwards), Progress.NONE, log).run();
        return image;
    }

    private Program restore(Path image, Sandbox sandbox, PluginRegistry plugins) {
        return sandbox.own(Program.attach(new Restore(plugins, RestoreRequest.of(image), Progress.NONE, log).run().root()));
    }

    @Test
    protected void itComesBackWithTheTreeAsOftenAsOneImageIsRestored(Sandbox sandbox) {
        Puppet puppet = prepared(sandbox);
        String before = state(puppet.pid(), sandbox.directory());
        Path image = dump(puppet, sandbox, Afterwards.KILL, plugins());
        puppet.program().awaitEnd();
        for (int round = 0; round < 2; round++) {
            Program back = restore(image, sandbox, plugins());
            assertThat(state(back.pid(), sandbox.directory())).isEqualTo(before);
            back.signal(9);
            back.awaitEnd();
        }
    }

    @Test
    protected void aTreeThatRunsOnHasItStillAndCanBeDumpedAgain(Sandbox sandbox) {
        Puppet puppet = prepared(sandbox);
        String before = state(puppet.pid(), sandbox.directory());
        Path image = dump(puppet, sandbox, Afterwards.LEAVE_RUNNING, plugins());
        assertThat(state(puppet.pid(), sandbox.directory())).isEqualTo(before);
        assertThat(image).isDirectory();
        PluginRegistry plugins = plugins();
        for (String name : List.of("second", "third")) {
            new Dump(plugins, DumpRequest.of(puppet.pid(), sandbox.path(name)).then(Afterwards.LEAVE_RUNNING), Progress.NONE, log).run();
            assertThat(state(puppet.pid(), sandbox.directory())).isEqualTo(before);
        }
    }

    @Test
    protected void aDumpThatFailsLateTakesNothing(Sandbox sandbox) {
        Puppet puppet = prepared(sandbox);
        String before = state(puppet.pid(), sandbox.directory());
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> dump(puppet, sandbox, Afterwards.KILL, plugins(new Saboteur())));
        assertThat(refusal).hasMessageContaining("sabotaged");
        assertThat(state(puppet.pid(), sandbox.directory())).isEqualTo(before);
        assertThat(sandbox.path("image")).doesNotExist();
    }

    @Test
    protected void anImageThatHoldsItIsRefusedWithoutThePlugin(Sandbox sandbox) {
        Puppet puppet = prepared(sandbox);
        Path image = dump(puppet, sandbox, Afterwards.KILL, plugins());
        puppet.program().awaitEnd();
        PluginRegistry without = with(others().toArray(new StasisPlugin[0]));
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> new Restore(without, RestoreRequest.of(image), Progress.NONE, log).run());
        assertThat(refusal).as("the refusal").isNotNull().hasMessageContaining(plugin().id());
    }

    @Test
    protected void aTreeThatHasItIsRefusedWithoutThePluginIfThatIsWhatItIsFor(Sandbox sandbox) {
        if (plugin().dumpHooks().stream().allMatch(hook -> hook.keeps().isEmpty())) {
            return; // what it keeps the host does not know of
        }
        Puppet puppet = prepared(sandbox);
        String before = state(puppet.pid(), sandbox.directory());
        PluginRegistry without = with(others().toArray(new StasisPlugin[0]));
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> dump(puppet, sandbox, Afterwards.KILL, without));
        assertThat(refusal).as("the refusal").isNotNull();
        assertThat(state(puppet.pid(), sandbox.directory())).isEqualTo(before);
    }

    /** Fails when all plugins have done their work. */
    private static final class Saboteur implements StasisPlugin {
        @Override
        public String id() {
            return "saboteur";
        }

        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public Collection<DumpHook> dumpHooks() {
            return List.of(new DumpHook() {
                @Override
                public DumpStage stage() {
                    return DumpStage.LATE;
                }

                @Override
                public void run(List<OpenFile> files, DumpContext context) {
                    throw new StasisException(new Problem(Sabotage.SABOTAGE, "the dump", "it was sabotaged", ""));
                }
            });
        }
    }
}
