package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Claim;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.thirdparty.ScriptedPlugin.Point;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A plugin that fails is named with its jar; it harms neither the tree nor a run that does not need it. */
@ExtendWith(SandboxExtension.class)
class FaultyPluginSpec {
    private static final IllegalStateException NO_MOOD = new IllegalStateException("no mood");
    private static final String HELP = " (leave the plugin out (--plugins), or tell its authors)";

    private static String subject(PluginRun run, Puppet puppet) {
        return "fd 3 of task " + puppet.pid() + " (regular file " + run.file() + ")";
    }

    @Test
    void thatThrowsInDumpEndsTheDumpAndTheTreeRunsOn(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        assertThat(run.refusedDump(puppet, PluginRun.with(ScriptedPlugin.throwing(Point.DUMP, NO_MOOD)))).containsExactly(
                subject(run, puppet) + ": plugin scripted 1.2.3 in /plugins/scripted.jar failed to dump it:"
                + " java.lang.IllegalStateException: no mood" + HELP);
    }

    @Test
    void thatReturnsNothingFromDumpEndsTheDump(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry plugins = PluginRun.with(new ScriptedPlugin("scripted", Claim.Fit.SPECIAL, Point.DUMP, () -> null));
        assertThat(run.refusedDump(puppet, plugins)).singleElement().asString()
                .contains("plugin scripted 1.2.3 in /plugins/scripted.jar failed to dump it").contains("it returned no message");
    }

    @Test
    void thatWasBuiltForAnotherStasisIsToldByWhatItMisses(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry plugins = PluginRun.with(new ScriptedPlugin("scripted", Claim.Fit.SPECIAL, Point.DUMP, () -> {
            throw new NoSuchMethodError("dev.stasis.spi.DumpContext.future()");
        }));
        assertThat(run.refusedDump(puppet, plugins)).singleElement().asString()
                .contains("failed to dump it: java.lang.NoSuchMethodError: dev.stasis.spi.DumpContext.future()");
    }

    @Test
    void thatThrowsInClaimIsNotNeededForFilesThatOthersKeep(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry plugins = PluginRun.with(ScriptedPlugin.throwing(Point.CLAIM, NO_MOOD));
        Path image = run.dump(puppet, plugins);
        assertThat(run.restore(image, plugins).pid()).isEqualTo(puppet.pid());
        assertThat(run.warnings()).singleElement().asString().contains("plugin scripted 1.2.3 in /plugins/scripted.jar failed to"
                + " say whether it keeps the file: java.lang.IllegalStateException: no mood; plugin regular-files keeps it");
    }

    @Test
    void thatAnswersNothingInClaimIsNotNeededEither(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        run.dump(puppet, PluginRun.with(new ScriptedPlugin("scripted", Claim.Fit.SPECIAL, Point.CLAIM, () -> null)));
        assertThat(run.warnings()).singleElement().asString().contains("it answered null");
    }

    @Test
    void thatThrowsInClaimIsNamedWhereNobodyElseKeepsTheFile(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = sandbox.puppet();
        puppet.call(SyscallNumber.EVENTFD2, 0, 0);
        puppet.letGo();
        List<String> refusal = run.refusedDump(puppet, PluginRun.with(ScriptedPlugin.throwing(Point.CLAIM, NO_MOOD)));
        assertThat(refusal).hasSize(2);
        assertThat(refusal.get(0)).startsWith("fd 3 of task " + puppet.pid() + " (eventfd anon_inode:[eventfd]): no loaded plugin keeps");
        assertThat(refusal.get(1)).contains("plugin scripted 1.2.3 in /plugins/scripted.jar failed to say whether it keeps the"
                + " file: java.lang.IllegalStateException: no mood" + HELP);
    }

    @Test
    void thatThrowsInPlanOrRestoreOrLastEndsTheRestoreAndLeavesNothing(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry sound = PluginRun.with(ScriptedPlugin.sound("scripted", Claim.Fit.SPECIAL));
        Path image = run.dump(puppet, sound);
        String who = "fd 3 of task " + puppet.pid() + " (" + run.file() + "): plugin scripted 1.2.3 in /plugins/scripted.jar failed to ";
        String why = ": java.lang.IllegalStateException: no mood" + HELP;
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with(ScriptedPlugin.throwing(Point.PLAN, NO_MOOD))))
                .containsExactly(who + "look whether it can restore it" + why);
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with(ScriptedPlugin.throwing(Point.RESTORE, NO_MOOD))))
                .containsExactly(who + "restore it" + why);
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with(ScriptedPlugin.throwing(Point.DEFERRED, NO_MOOD))))
                .containsExactly(who + "add what comes last" + why);
        assertThat(run.refusedRestore(image, puppet.pid(),
                PluginRun.with(new ScriptedPlugin("scripted", Claim.Fit.SPECIAL, Point.RESTORE, () -> null))))
                .singleElement().asString().contains("it returned no descriptor");
        assertThat(run.restore(image, sound).pid()).isEqualTo(puppet.pid());
    }

    @Test
    void whoseSubstitutionFailsMattersOnlyToARestoreThatAsksForIt(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry plugins = PluginRun.with(ScriptedPlugin.throwing(Point.SUBSTITUTE, NO_MOOD));
        Path image = run.dump(puppet, plugins);
        assertThat(run.refusedRestore(image, puppet.pid(), plugins, "scripted-option")).containsExactly(
                "the image: plugin scripted 1.2.3 in /plugins/scripted.jar failed to say which files it replaces:"
                + " java.lang.IllegalStateException: no mood" + HELP);
        assertThat(run.restore(image, plugins).pid()).isEqualTo(puppet.pid());
    }

    @Test
    void thatFailsToGiveBackKeepsNobodyElseFromIt(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        boolean[] givenBack = new boolean[1];
        PluginRegistry plugins = PluginRun.with(ScriptedPlugin.throwing(Point.RELEASE, NO_MOOD),
                new ScriptedPlugin("other", Claim.Fit.FALLBACK, Point.RELEASE, () -> givenBack[0] = true),
                new ScriptedPlugin("third", Claim.Fit.EXACT, Point.DUMP, () -> {
                    throw NO_MOOD;
                }));
        assertThat(run.refusedDump(puppet, plugins)).singleElement().asString().contains("plugin third");
        assertThat(givenBack[0]).isTrue();
        assertThat(run.warnings()).singleElement().asString().startsWith("what was taken from the tree could not be given back:"
                + " the tree: plugin scripted 1.2.3 in /plugins/scripted.jar failed to do its work at stage RELEASE: ");
    }

    @Test
    void overridesABuiltInKindByClaimingMoreClosely(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        PluginRegistry plugins = PluginRun.with(ScriptedPlugin.sound("scripted", Claim.Fit.SPECIAL));
        Path image = run.dump(puppet, plugins);
        assertThat(run.refusedRestore(image, puppet.pid(), PluginRun.with())).singleElement().asString()
                .contains("plugin scripted");
        assertThat(run.restore(image, plugins).pid()).isEqualTo(puppet.pid());
    }

    @Test
    void withAnEquallyCloseClaimIsRefusedTogetherWithTheOther(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        assertThat(run.refusedDump(puppet, PluginRun.with(ScriptedPlugin.sound("scripted", Claim.Fit.TYPE)))).containsExactly(
                subject(run, puppet) + ": plugins regular-files and scripted claim it with equal right"
                + " (load only one of them (--plugins))");
    }
}
