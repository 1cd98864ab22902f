package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginErrorCode;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.Claim;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An image names the plugins that it needs; a restore without them says what is needed and what is there. */
@ExtendWith(SandboxExtension.class)
class VersionGateSpec {
    private static final String NEEDED = "the image needs it in version [1.2.3,2) for scripted-kind";

    private static ScriptedPlugin scripted() {
        return ScriptedPlugin.sound("scripted", Claim.Fit.SPECIAL);
    }

    @Test
    void aMissingPluginIsNamedWithWhatIsNeededAndWhatIsThere(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        Path image = run.dump(puppet, PluginRun.with(scripted()));
        String own = new RegularFilesPlugin().version();
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with())).containsExactly("plugin scripted: " + NEEDED
                + ", but it is not installed (present: regular-files " + own + ")");
    }

    @Test
    void anOlderOneOrOneOfAnotherMajorVersionIsRefusedAndANewerOneIsNot(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        Path image = run.dump(puppet, PluginRun.with(scripted()));
        String help = " (install version 1.2.3 or a newer one of the same major version)";
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with(scripted().in("1.2.2")))).containsExactly(
                "plugin scripted in /plugins/scripted.jar: " + NEEDED + ", but here is 1.2.2" + help);
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with(scripted().in("2.0.0")))).containsExactly(
                "plugin scripted in /plugins/scripted.jar: " + NEEDED + ", but here is 2.0.0" + help);
        assertThat(run.restore(image, PluginRun.with(scripted().in("1.10.0"))).pid()).isEqualTo(puppet.pid());
    }

    @Test
    void anIncompatibleOneIsNamedWithItsJarAndWhyItCannotBeUsed(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        Path image = run.dump(puppet, PluginRun.with(scripted()));
        PluginOrigin jar = new PluginOrigin("bundle", "/plugins/scripted.jar");
        RejectedPlugin unusable = new RejectedPlugin("scripted", jar, new Problem(PluginErrorCode.PLUGIN_UNRESOLVED,
                "plugin scripted in " + jar, "it needs package dev.stasis.spi in version [2.0,3), but here is [1.1.0]", "install it"));
        PluginRegistry plugins = PluginRegistry.of(List.of(new LoadedPlugin(new RegularFilesPlugin(), jar)), List.of(unusable),
                Set.of());
        assertThat(run.refusedRestore(image, puppet.pid(), plugins)).containsExactly("plugin scripted in /plugins/scripted.jar: "
                + NEEDED + ", but it needs package dev.stasis.spi in version [2.0,3), but here is [1.1.0] (install it)");
    }

    @Test
    void oneThatWasNotChosenOrWasDisabledIsNamedAsSuch(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry all = PluginRun.with(scripted());
        Path image = run.dump(puppet, all);
        assertThat(run.refusedRestore(image, puppet.pid(), all.only(List.of("regular-files")))).containsExactly("plugin scripted in"
                + " /plugins/scripted.jar: " + NEEDED + ", but it is not among those that were chosen (--plugins) (choose it as well)");
        PluginRegistry disabled = PluginRegistry.of(List.of(
                new LoadedPlugin(new RegularFilesPlugin(), new PluginOrigin("test", "/plugins/regular-files.jar")),
                new LoadedPlugin(scripted(), new PluginOrigin("test", "/plugins/scripted.jar"))), List.of(), Set.of("scripted"));
        assertThat(run.refusedRestore(image, puppet.pid(), disabled)).containsExactly("plugin scripted in /plugins/scripted.jar: "
                + NEEDED + ", but it is disabled (stasis plugins enable scripted)");
    }

    @Test
    void whereNobodyKeepsAFileThePluginsThatCannotBeUsedAreNamedToo(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = sandbox.puppet();
        puppet.call(SyscallNumber.EVENTFD2, 0, 0);
        puppet.letGo();
        PluginOrigin jar = new PluginOrigin("bundle", "/plugins/events.jar");
        RejectedPlugin unusable = new RejectedPlugin("events", jar,
                new Problem(PluginErrorCode.PLUGIN_JAR_UNREADABLE, "plugin events in " + jar, "it is damaged", "copy it anew"));
        PluginRegistry plugins = PluginRegistry.of(List.of(new LoadedPlugin(new RegularFilesPlugin(), jar)), List.of(unusable),
                Set.of());
        List<String> refusal = run.refusedDump(puppet, plugins);
        assertThat(refusal).hasSize(2);
        assertThat(refusal.get(1)).isEqualTo("plugin events in /plugins/events.jar: it is damaged (copy it anew)");
    }
}
